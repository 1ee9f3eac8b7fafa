"""Chapters I and II: scope, principles, who does what.

Sources: QĐ 1789/QĐ-SGDĐT Đ3-6, Đ13, Đ14, Đ20, Đ23, Đ30-35; KH 2106/KH-SGDĐT III.1.
"""

from __future__ import annotations

from hocba_server.school.regulation.choices import Choices
from hocba_server.school.regulation.document import Article, Chapter, Place, or_dots

_TERMS = Article(
    "Giải thích từ ngữ",
    (
        "Học bạ số là học bạ của học sinh được tạo lập, ký số và lưu giữ dưới dạng tệp "
        "XML cùng bản thể hiện PDF, có giá trị pháp lý như học bạ giấy.",
        "Chốt học bạ là thời điểm kết thúc việc nộp học bạ của năm học về hệ thống của "
        "Sở; sau khi chốt, học bạ chỉ thay đổi bằng thủ tục chỉnh lý.",
        "Thu hồi và thay thế là việc trường thu hồi một học bạ đã phát hành trước khi "
        "chốt và phát hành học bạ mới có mã tra cứu mới.",
        "Khoá ký là khoá bí mật gắn với chứng thư số, nằm trong thiết bị hoặc dịch vụ "
        "ký số mà chỉ chủ chứng thư điều khiển.",
    ),
)


_PRINCIPLES = Article(
    "Nguyên tắc",
    (
        "Đúng người, đúng việc, đúng thời hạn: ai được phân công phần nào thì tự mình "
        "nhập, rà soát và ký phần ấy; không ai ký thay người khác.",
        "Mỗi học sinh có một học bạ cho mỗi cấp học, mỗi năm học một bản ghi, định "
        "danh "
        "bằng số định danh cá nhân.",
        "Kết quả đã ghi vào học bạ đã phát hành thì không sửa; sai sót xử lý bằng thu "
        "hồi, thay thế hoặc chỉnh lý theo Quy chế này.",
        "Mọi thao tác nhập, sửa, ký, trả lại, phát hành và mọi lượt xem học bạ của "
        "người khác đều được hệ thống ghi lại.",
        "Học sinh và cha mẹ học sinh không phải trả bất kỳ khoản tiền nào để có học bạ số.",
    ),
)


_FORBIDDEN = Article(
    "Các hành vi không được làm",
    (
        "Làm giả, làm sai lệch, huỷ hoại dữ liệu học bạ; xem hoặc lấy dữ liệu ngoài "
        "phần việc được giao.",
        "Giao tài khoản, mã PIN, mã OTP, thiết bị ký số của mình cho người khác, hoặc "
        "dùng của người khác.",
        "Đưa thông tin cá nhân, kết quả học tập của học sinh lên mạng xã hội, nhóm trò "
        "chuyện hoặc nơi công khai; so sánh học sinh với nhau trước lớp.",
        "Ép buộc học sinh, cha mẹ học sinh trả phí hoặc dùng dịch vụ riêng để nhận học bạ.",
    ),
)


_HEAD = Article(
    "Hiệu trưởng",
    (
        "Chịu trách nhiệm chung về học bạ số của nhà trường; ban hành Quy chế, ký số "
        "quyết định phân công đầu năm học và mỗi lần thay đổi.",
        "Đặt thời hạn mở, khoá việc nhập dữ liệu; cho phép sửa dữ liệu sau khi khoá.",
        "Tổ chức xét lên lớp, khen thưởng, đánh giá bổ sung; quyết định khác với kết "
        "quả máy tính đề xuất thì ghi rõ lý do.",
        "Đăng ký chứng thư số của nhà trường với cơ quan quản lý; duyệt chứng thư số "
        "của người ký; quản lý các tài khoản quản trị.",
        "Ký số học bạ của lớp khi trực tiếp được phân công ký.",
    ),
)


_LEADERS = Article(
    "Phó Hiệu trưởng và cán bộ quản lý được phân công",
    (
        "Rà soát, ký số xác thực kết quả cả năm của từng lớp theo phân công; trả lại "
        "kèm lý do khi dữ liệu chưa đúng.",
        "Đôn đốc tiến độ nhập, ký của các lớp được giao.",
        "Xác thực kết quả khi giáo viên phụ trách không còn công tác tại nhà trường; "
        "học bạ ghi rõ người ký.",
    ),
)


_HOMEROOM = Article(
    "Giáo viên chủ nhiệm",
    (
        "Đối chiếu thông tin học sinh với giấy khai sinh đầu năm học và khi có thay "
        "đổi; cập nhật nghỉ học hằng tuần.",
        "Nhập đánh giá phẩm chất, năng lực, nhận xét cuối năm; kiểm tra đủ kết quả các "
        "môn; đề xuất lên lớp, khen thưởng, đánh giá bổ sung.",
        "Nhắc giáo viên bộ môn ký đủ, rồi ký số học bạ từng học sinh của lớp trước khi "
        "chuyển lãnh đạo.",
        "Thông báo kết quả riêng cho từng cha mẹ học sinh.",
    ),
)


_SUBJECT = Article(
    "Giáo viên bộ môn",
    (
        "Trực tiếp nhập mức đạt được, điểm kiểm tra và nhận xét của môn, lớp mình dạy; "
        "số liệu phải đúng với sổ theo dõi của mình.",
        "Rà soát và ký số kết quả môn học từng lớp cuối học kỳ, cuối năm học, khi học "
        "sinh chuyển trường hoặc cần hồ sơ dự thi.",
        "Báo Ban quản trị khi phát hiện sai sót hoặc sự cố.",
    ),
)


_REGISTRAR = Article(
    "Nhân viên học vụ",
    (
        "Nhập, cập nhật hồ sơ học sinh; khởi tạo học bạ đầu cấp; kế thừa dữ liệu đầu mỗi năm học.",
        "Rà soát tính đủ, tính đúng của dữ liệu trước khi khởi tạo học bạ cuối năm; "
        "không sửa kết quả học tập.",
        "Tiếp nhận hồ sơ chuyển đến, chuyển đi, thay đổi hộ tịch; trả lời học sinh và "
        "cha mẹ học sinh.",
    ),
)


_CLERK = Article(
    "Nhân viên văn thư",
    (
        "Giữ và dùng chứng thư số của nhà trường để ký phát hành, nộp học bạ về Sở, "
        "cấp bản sao; không dùng vào việc khác.",
        "Ghi sổ bản in, bản sao; lưu giữ quyết định, biên bản; giao học bạ cho học "
        "sinh, cha mẹ học sinh.",
    ),
)


_ADMINISTRATOR = Article(
    "Quản trị viên",
    (
        "Mở, khoá tài khoản theo yêu cầu của Hiệu trưởng; hỗ trợ, hướng dẫn người "
        "dùng; "
        "nhập dữ liệu ban đầu theo phân công.",
        "Không xem, không nhập, không sửa, không ký kết quả học tập và rèn luyện; "
        "không "
        "giữ thêm vai trò nào chạm đến kết quả; không tự cấp quyền cho mình.",
    ),
)


_ASSIGNMENT = Article(
    "Phân công, dạy thay và bàn giao",
    (
        "Đầu năm học, Hiệu trưởng ký số quyết định phân công giáo viên chủ nhiệm, giáo "
        "viên bộ môn, văn thư, học vụ, cán bộ quản lý, quản trị viên. Thay đổi trong "
        "năm ghi vào quyết định bổ sung.",
        "Người dạy thay được nhập và ký trong thời gian ghi trên phân công; học bạ ghi "
        "tên người thực tế ký.",
        "Người chuyển trường, thôi việc, nghỉ dài ngày bàn giao công việc bằng biên "
        "bản cho người được phân công thay; tài khoản khoá trong ngày. Khoá ký không "
        "giao cho người khác: chủ chứng thư yêu cầu nhà cung cấp thu hồi hoặc nhà "
        "trường thôi cho dùng, ghi vào biên bản.",
    ),
)


def general(place: Place) -> Chapter:
    """Chapter I."""
    return Chapter(
        "QUY ĐỊNH CHUNG",
        (
            Article(
                "Phạm vi điều chỉnh và đối tượng áp dụng",
                (
                    "Quy chế này quy định việc tạo lập, ký số, phát hành, quản lý, sử dụng và bảo "
                    f"mật học bạ số tại {place.school} (sau đây gọi là nhà trường).",
                    "Quy chế áp dụng đối với cán bộ quản lý, giáo viên, nhân viên của nhà trường; "
                    "học sinh, cha mẹ học sinh và người giám hộ trong phần việc có liên quan.",
                    "Những nội dung không nêu trong Quy chế này thực hiện theo văn bản của Bộ Giáo "
                    f"dục và Đào tạo và của {place.department}.",
                ),
            ),
            _TERMS,
            _PRINCIPLES,
            _FORBIDDEN,
        ),
    )


def duties(choices: Choices) -> Chapter:
    """Chapter II."""
    setting_up = (
        f"Ban quản trị học bạ số của nhà trường thành lập theo Quyết định số "
        f"{choices.board_number} "
        f"ngày {or_dots(choices.board_date)}; danh sách ở Phụ lục I."
        if choices.board_number.strip()
        else "Thành lập Ban quản trị học bạ số của nhà trường theo danh sách ở Phụ lục I kèm theo "
        "Quy chế này."
    )
    return Chapter(
        "TỔ CHỨC VÀ TRÁCH NHIỆM",
        (
            Article(
                "Ban quản trị",
                (
                    setting_up,
                    "Ban quản trị giúp Hiệu trưởng tổ chức thực hiện, theo dõi tiến độ, xử lý "
                    "vướng mắc; họp đầu năm học, cuối mỗi học kỳ và khi có sự cố.",
                ),
            ),
            _HEAD,
            _LEADERS,
            _HOMEROOM,
            _SUBJECT,
            _REGISTRAR,
            _CLERK,
            _ADMINISTRATOR,
            _ASSIGNMENT,
        ),
    )
