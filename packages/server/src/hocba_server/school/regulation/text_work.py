"""Chapters III and IV: making, signing, issuing; managing and using.

Sources: QĐ 1789/QĐ-SGDĐT Đ13-14, Đ20-22, Đ26-27; TT 27/2020/TT-BGDĐT Đ11-16.
"""

from __future__ import annotations

from hocba_server.school.regulation.choices import Choices
from hocba_server.school.regulation.document import Article, Chapter, or_dots

_START = Article(
    "Dữ liệu đầu năm học và khởi tạo học bạ",
    (
        "Học vụ nhập danh sách lớp; giáo viên chủ nhiệm đối chiếu từng mục với giấy "
        "khai sinh và xác nhận; học vụ khởi tạo; Hiệu trưởng và văn thư ký số.",
        "Học bạ mới khởi tạo ở đầu lớp 1; các lớp sau kế thừa dữ liệu của năm học "
        "trước, không khởi tạo học bạ mới trong cùng cấp học.",
        "Học sinh chưa có số định danh cá nhân: học vụ phối hợp gia đình bổ sung; chưa "
        "có số thì chưa phát hành học bạ.",
    ),
)


def _changing(choices: Choices) -> Article:
    return Article(
        "Sửa kết quả sau khi khoá",
        (
            "Giáo viên gửi yêu cầu trên hệ thống, ghi rõ học sinh, môn học, nội dung sửa và lý do.",
            "Hiệu trưởng hoặc cán bộ quản lý được giao cho phép; phép có hiệu lực trong "
            f"{choices.permission_days:02d} ngày làm việc và chỉ cho đúng bảng đã xin.",
            "Giáo viên chủ nhiệm được biết về việc sửa. Giá trị cũ, giá trị mới, người "
            "sửa, "
            "thời điểm, lý do lưu trong hệ thống và không xoá được.",
        ),
    )


def _signing(choices: Choices) -> Article:
    return Article(
        "Rà soát và ký số cuối năm học",
        (
            (
                "Thứ tự và thời hạn ký:",
                (
                    "Giáo viên bộ môn rà soát, ký kết quả môn học: trước ngày "
                    f"{choices.subject_sign_by};",
                    "Giáo viên chủ nhiệm rà soát, ký học bạ của lớp: trước ngày "
                    f"{choices.homeroom_sign_by};",
                    f"Lãnh đạo nhà trường được phân công ký: trước ngày {choices.leader_sign_by};",
                    f"Văn thư ký phát hành: trước ngày {choices.issue_by}.",
                ),
            ),
            "Người ký đọc bản thể hiện của học bạ trước khi ký; đã ký là chịu trách nhiệm "
            "về nội dung phần mình ký.",
            "Học bạ chưa đủ kết quả, có mâu thuẫn hoặc thiếu chữ ký thì hệ thống không cho "
            "phát hành.",
        ),
    )


def _returning(choices: Choices) -> Article:
    return Article(
        "Trả lại học bạ để sửa",
        (
            "Người ký ở bước sau trả lại khi phát hiện sai, ghi rõ lý do và phần cần sửa; "
            "các chữ ký bị ảnh hưởng mất hiệu lực, chữ ký khác giữ nguyên.",
            f"Người được trả lại sửa và ký lại trong {choices.return_days:02d} ngày làm việc.",
        ),
    )


def _closing(choices: Choices) -> Article:
    return Article(
        "Nộp về Sở và chốt học bạ",
        (
            "Văn thư nộp học bạ đã phát hành theo lớp; học bạ bị từ chối được xử lý theo "
            "lý do mà Sở trả lời và nộp lại.",
            f"Toàn trường chốt học bạ trước ngày {choices.close_by}; học sinh đánh giá bổ "
            f"sung chốt trước ngày {choices.reassessed_close_by}.",
        ),
    )


_RECALL = Article(
    "Thu hồi, thay thế và chỉnh lý",
    (
        "Trước khi chốt: Hiệu trưởng quyết định thu hồi học bạ sai và phát hành học bạ "
        "thay thế; lý do ghi trong hệ thống.",
        "Sau khi chốt: nhà trường gửi Sở đề nghị chỉnh lý kèm minh chứng, thực hiện "
        "khi "
        "Sở chấp thuận.",
        "Học bạ bị thu hồi hoặc thay thế vẫn được lưu và tra cứu được tình trạng.",
    ),
)


_SPECIAL = Article(
    "Đánh giá bổ sung và trường hợp riêng",
    (
        "Học sinh phải đánh giá bổ sung chỉ phát hành học bạ khi có kết quả cuối cùng.",
        "Học sinh khuyết tật đánh giá theo kế hoạch giáo dục cá nhân; học sinh được "
        "miễn môn học theo quyết định của Hiệu trưởng, có giấy tờ kèm theo.",
        "Học sinh khuyết tật mà Hiệu trưởng quyết định không đánh giá trong năm học: nhà trường "
        "lập học bạ giấy theo mẫu của Bộ Giáo dục và Đào tạo; học vụ in mẫu từ hệ thống, giáo viên "
        "chủ nhiệm ghi nhận xét và ký, Hiệu trưởng ký, văn thư đóng dấu; học bạ giấy lưu cùng hồ "
        "sơ của học sinh.",
        "Học sinh học lại, học sinh nghỉ rồi đi học lại: học vụ ghi biến động kèm lý do; năm học "
        "học lại có học bạ riêng của năm học đó.",
    ),
)


def making(choices: Choices) -> Chapter:
    """Chapter III."""
    windows = (
        f"Giữa học kỳ I: {or_dots(choices.window_mid_1)};",
        f"Cuối học kỳ I: {or_dots(choices.window_end_1)};",
        f"Giữa học kỳ II: {or_dots(choices.window_mid_2)};",
        f"Cuối năm học: {or_dots(choices.window_year)}.",
    )
    return Chapter(
        "TẠO LẬP, KÝ SỐ VÀ PHÁT HÀNH",
        (
            _START,
            Article(
                "Nhập kết quả và thời gian mở, khoá",
                (
                    ("Hệ thống mở cho giáo viên nhập kết quả trong các thời gian sau:", windows),
                    "Hết thời gian, hệ thống tự khoá. Hiệu trưởng quyết định mở sớm, khoá sớm, kéo "
                    "dài và ghi lý do.",
                ),
            ),
            _changing(choices),
            _signing(choices),
            _returning(choices),
            _closing(choices),
            _RECALL,
            _SPECIAL,
        ),
    )


def using(choices: Choices) -> Chapter:
    """Chapter IV."""
    articles = [
        Article(
            "Chuyển trường",
            (
                "Học sinh chuyển đi trong năm học: giáo viên bộ môn, giáo viên chủ nhiệm ký kết "
                f"quả đến thời điểm chuyển trong {choices.transfer_days:02d} ngày làm việc; học vụ "
                "lập hồ sơ, văn thư gửi trên hệ thống.",
                "Học sinh chuyển đến: học vụ kiểm tra học bạ số trên hệ thống trước khi xếp lớp; "
                "học bạ giấy thì số hoá, có chữ ký của người rà soát và của Hiệu trưởng.",
            ),
        ),
        Article(
            "Giao học bạ và trả lời gia đình",
            (
                f"Trong {choices.handover_days:02d} ngày kể từ ngày chốt, nhà trường giao cho học "
                "sinh hoặc cha mẹ học sinh tệp PDF và tệp XML, hướng dẫn cách kiểm tra và chia sẻ.",
                "Gia đình thấy thông tin sai thì gửi yêu cầu; nhà trường trả lời trong "
                f"{choices.request_days:02d} ngày làm việc, nêu rõ cách xử lý.",
                "Chỉ giao cho đúng học sinh, cha mẹ hoặc người giám hộ đã xác nhận.",
            ),
        ),
        Article(
            "Thay đổi hộ tịch",
            (
                "Có quyết định hoặc giấy khai sinh mới, học vụ lập đề nghị kèm tệp minh chứng; "
                "Hiệu trưởng duyệt; học bạ các năm đã chốt xử lý theo thủ tục chỉnh lý của Sở.",
            ),
        ),
    ]
    if choices.paper_copies:
        articles.append(
            Article(
                "Bản in, bản sao",
                (
                    "Chỉ in khi cần; bản in có giá trị khi nhà trường xác nhận hoặc là bản sao y.",
                    "Mỗi bản in, bản sao ghi vào sổ: số, nội dung, người nhận, mục đích, người "
                    "cấp, thời điểm.",
                ),
            )
        )
    return Chapter("QUẢN LÝ VÀ SỬ DỤNG", tuple(articles))
