"""Words that stand on every print, as numbers: so that a code stays small enough for a photocopy.

The numbers are part of the format (docs/formats/print-code.md): words are only ever added, at the
end. What is not here is written out, so a record of any kind fits.
"""

from __future__ import annotations

from typing import Final

WORDS: Final = (
    # personal data
    "Họ và tên học sinh",
    "Giới tính",
    "Ngày, tháng, năm sinh",
    "Dân tộc",
    "Quốc tịch",
    "Mã số định danh cá nhân",
    "Nơi sinh",
    "Quê quán",
    "Nơi ở hiện nay",
    "Họ và tên cha",
    "Họ và tên mẹ",
    "Người giám hộ (nếu có)",
    "Người ký học bạ",
    "Chức vụ của người ký học bạ",
    "Ngày ký học bạ",
    "Số đăng bộ",
    "Quá trình học tập",
    "Trường",
    "Nam",
    "Nữ",
    "Kinh",
    "Việt Nam",
    "Không có thông tin",
    "Hiệu trưởng",
    "Phó Hiệu trưởng",
    # the year
    "Chiều cao",
    "Cân nặng",
    "Số ngày nghỉ",
    "Có phép",
    "Không phép",
    "Nhận xét các môn học",
    "Nhận xét phẩm chất",
    "Nhận xét năng lực chung",
    "Nhận xét năng lực đặc thù",
    "Đánh giá kết quả giáo dục",
    "Khen thưởng",
    "Hoàn thành chương trình",
    "Giáo viên chủ nhiệm",
    # subjects (TT 27/2020)
    "Tiếng Việt",
    "Toán",
    "Ngoại ngữ 1 (Tiếng Anh)",
    "Lịch sử và Địa lí",
    "Khoa học",
    "Tin học và Công nghệ (Tin học)",
    "Tin học và Công nghệ (Công nghệ)",
    "Đạo đức",
    "Tự nhiên và Xã hội",
    "Giáo dục thể chất",
    "Nghệ thuật (Âm nhạc)",
    "Nghệ thuật (Mĩ thuật)",
    "Hoạt động trải nghiệm",
    "Tiếng dân tộc",
    # qualities and competences
    "Yêu nước",
    "Nhân ái",
    "Chăm chỉ",
    "Trung thực",
    "Trách nhiệm",
    "Tự chủ và tự học",
    "Giao tiếp và hợp tác",
    "Giải quyết vấn đề và sáng tạo",
    "Ngôn ngữ",
    "Tính toán",
    "Công nghệ",
    "Tin học",
    "Thẩm mĩ",
    "Thể chất",
    # levels and results
    "Hoàn thành xuất sắc",
    "Hoàn thành tốt",
    "Hoàn thành",
    "Chưa hoàn thành",
    "Miễn học",
    "Miễn",
    "Tốt",
    "Đạt",
    "Cần cố gắng",
)

NUMBERS: Final = {word: number for number, word in enumerate(WORDS)}
