"""Chapters V and VI: keys, accounts, security, backups; carrying out.

Sources: QĐ 1789/QĐ-SGDĐT Đ8-9, Đ15-17, Đ24, Đ30.3-30.7; CV 2817/SGDĐT-VP (organisation token);
Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15 Đ23 (72 hours).
"""

from __future__ import annotations

from hocba_server.school.regulation.choices import BACKUP_WORDS, Backup, Choices
from hocba_server.school.regulation.document import Article, Chapter, Place, or_dots


def security(place: Place, choices: Choices) -> Chapter:
    """Chapter V."""
    return Chapter(
        "CHỮ KÝ SỐ, TÀI KHOẢN VÀ AN TOÀN DỮ LIỆU",
        (
            Article("Chứng thư số và thiết bị ký", _keys(place, choices)),
            Article("Tài khoản và phân quyền", _accounts(choices)),
            Article(
                "An toàn thông tin và bảo vệ dữ liệu cá nhân",
                (
                    f"Người phụ trách an toàn thông tin: {or_dots(choices.security_person)}.",
                    _devices(choices),
                    "Tệp tải về có dữ liệu học sinh chỉ lưu ở nơi được giao, xoá khi dùng xong; "
                    "gửi "
                    "qua mạng thì phải mã hoá hoặc gửi trong hệ thống.",
                    "Tình trạng khuyết tật, sức khoẻ, dân tộc của học sinh chỉ mở cho người có "
                    "phần việc liên quan.",
                ),
            ),
            Article(
                "Sao lưu và lưu trữ",
                (
                    f"Người phụ trách sao lưu: {or_dots(choices.backup_person)}. Dữ liệu theo dõi, "
                    "đánh giá và học bạ được kết xuất, sao lưu "
                    f"{BACKUP_WORDS[Backup(choices.backup)].vi} ra "
                    f"{or_dots(choices.backup_places)}.",
                    "Bản sao lưu được mã hoá, ghi nhãn, thử phục hồi ít nhất một lần mỗi năm học "
                    "và "
                    "ghi biên bản.",
                    "Học bạ số, quyết định phân công, sổ bản in, bản sao lưu giữ vĩnh viễn; các hồ "
                    "sơ khác theo quy định về lưu trữ.",
                ),
            ),
            Article(
                "Xử lý sự cố",
                (
                    "Mất thiết bị ký, lộ mật khẩu, nghi có người xem trái phép hoặc sai lệch dữ "
                    "liệu: người phát hiện báo ngay Hiệu trưởng và người phụ trách an toàn thông "
                    "tin; tài khoản hoặc chứng thư liên quan bị khoá ngay.",
                    "Nhà trường lập biên bản, báo cáo cơ quan quản lý; vi phạm dữ liệu cá nhân thì "
                    "thông báo cho cơ quan chuyên trách chậm nhất 72 giờ từ khi phát hiện.",
                    "Mất kết nối mạng hoặc mất điện: tiếp tục bằng sổ theo dõi của giáo viên, nhập "
                    "lại khi hệ thống hoạt động; không dùng tài khoản cá nhân ngoài hệ thống.",
                ),
            ),
        ),
    )


def _keys(place: Place, choices: Choices) -> tuple[str | tuple[str, tuple[str, ...]], ...]:
    source = (
        "do Ban Cơ yếu Chính phủ cấp"
        if place.public
        else "do tổ chức cung cấp dịch vụ chữ ký số công cộng được cấp phép cấp"
    )
    kinds = [
        words
        for chosen, words in (
            (choices.token_personal, "thiết bị USB token của từng người"),
            (choices.remote_personal, "dịch vụ ký số từ xa do từng người kích hoạt bằng PIN, OTP"),
            (choices.sim_leader, "SIM PKI của cán bộ quản lý"),
        )
        if chosen
    ]
    approved = (
        "Chứng thư số cá nhân phải được Hiệu trưởng duyệt trước khi ký lần đầu."
        if choices.personal_certificates_approved
        else "Chứng thư số cá nhân được hệ thống ghi nhận từ lần ký đầu; Hiệu trưởng xem và có "
        "quyền không cho dùng."
    )
    return (
        f"Chứng thư số của nhà trường {source}, lưu trong USB token do "
        f"{or_dots(choices.organisation_keeper)} giữ, cất tại "
        f"{or_dots(choices.organisation_place)}; mỗi lần dùng được hệ thống ghi lại. Chỉ chứng thư "
        "đã được cơ quan quản lý phê duyệt mới dùng để phát hành học bạ.",
        (
            "Chứng thư số cá nhân dùng bằng:",
            tuple(
                f"{words[0].upper()}{words[1:]}{'.' if words is kinds[-1] else ';'}"
                for words in kinds
            )
            or ("Hình thức do Hiệu trưởng quyết định.",),
        ),
        approved,
        "Chủ chứng thư tự giữ thiết bị và mã PIN, theo dõi ngày hết hạn và gia hạn trước ít nhất "
        "30 ngày. Mất hoặc nghi lộ thì báo nhà cung cấp thu hồi và báo Hiệu trưởng trong ngày.",
        "Kinh phí chứng thư số của người được phân công ký do nhà trường chi theo quy định.",
    )


def _accounts(choices: Choices) -> tuple[str, ...]:
    two_factor = (
        ("Mọi tài khoản đăng nhập bằng hai lớp xác thực hoặc khoá truy cập (passkey).",)
        if choices.two_factor
        else ()
    )
    return (
        "Mỗi người một tài khoản, không dùng chung. Hiệu trưởng yêu cầu, quản trị viên mở, khoá; "
        "hệ "
        "thống ghi lại cả hai.",
        "Quyền của tài khoản theo phân công của năm học, tự thay đổi khi phân công thay đổi.",
        *two_factor,
        "Người chuyển trường, thôi việc: khoá tài khoản trong ngày.",
    )


def _devices(choices: Choices) -> str:
    if choices.own_devices:
        return (
            "Được dùng máy tính, điện thoại cá nhân để nhập và ký khi máy có khoá màn hình, hệ "
            "điều "
            "hành còn được cập nhật; không lưu mật khẩu trên máy dùng chung."
        )
    return (
        "Chỉ nhập và ký trên máy của nhà trường; máy có khoá màn hình, phần mềm diệt mã độc và "
        "được "
        "cập nhật."
    )


def carrying_out(choices: Choices) -> Chapter:
    """Chapter VI."""
    return Chapter(
        "TỔ CHỨC THỰC HIỆN",
        (
            Article(
                "Tập huấn và kiểm tra",
                (
                    f"Mỗi năm học, nhà trường tập huấn ít nhất {choices.training_times:02d} lần; "
                    "người mới được hướng dẫn trước khi nhận tài khoản.",
                    f"Ban quản trị kiểm tra việc nhập, ký, bảo mật ít nhất "
                    f"{choices.inspection_times:02d} lần mỗi năm học và báo cáo Hiệu trưởng.",
                ),
            ),
            Article(
                "Khen thưởng, xử lý vi phạm",
                (
                    "Kết quả thực hiện Quy chế là một căn cứ đánh giá, xếp loại hằng năm.",
                    "Vi phạm thì tuỳ mức độ bị xử lý theo quy định; làm giả, làm sai lệch học bạ "
                    "thì chuyển cơ quan có thẩm quyền.",
                ),
            ),
            Article(
                "Hiệu lực và sửa đổi",
                (
                    "Quy chế có hiệu lực từ ngày Quyết định ban hành có hiệu lực.",
                    "Khi văn bản cấp trên thay đổi hoặc có vướng mắc, Ban quản trị trình Hiệu "
                    "trưởng sửa đổi, bổ sung Quy chế.",
                ),
            ),
        ),
    )
