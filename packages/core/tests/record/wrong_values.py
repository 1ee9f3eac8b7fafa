"""Values that the format does not allow, by tag, with the code of the refusal."""

from __future__ import annotations

GENERAL = "THONG_TIN_CHUNG"
HISTORY = "QUA_TRINH_HOC_TAP[1]"
SUMMARY = "TONG_KET"
MARK = "TONG_KET/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[1]"
TRAITS = "TONG_KET/DANH_GIA_NANG_LUC_PHAM_CHAT"

WRONG: list[tuple[str, str, list[str], str]] = [
    (GENERAL, "MA_TRA_CUU_UUID", ["x", "0" * 36, "00000000-0000-1000-8000-000000000001",
                                  "00000000-0000-4000-7000-000000000001",
                                  "ABCDEF00-0000-4000-8000-000000000001"], "uuid"),
    (GENERAL, "TEN_NAM_HOC", ["2025-2027", "2025", "2026-2025", "25-26", "2025–2026",
                              "２０２５-2026"], "school_year"),
    (GENERAL, "NAM_HOC", ["2024-2025", "2025-2027", "x"], "school_year"),
    (HISTORY, "NAM_HOC", ["2025-2027", "x"], "school_year"),
    (GENERAL, "SO_CCCD", ["00031600000", "00031600000a", "000 31600000", "٠٠٠٣١٦٠٠٠٠٠١"],
     "personal_id"),
    (GENERAL, "SO_CCCD_GIAM_HIEU_KY_HOC_BA", ["1", "00008000000x"], "personal_id"),
    (GENERAL, "SO_CCCD_GIAO_VIEN_CHU_NHIEM", ["1", "-00190000001"], "personal_id"),
    (GENERAL, "GIOI_TINH", ["nam", "NỮ", "1", "Nu", "Nư"], "field_catalogue"),
    (GENERAL, "MA_KHOI", ["4", "00", "06", "12", "0x", "०४"], "field_catalogue"),
    (GENERAL, "NGAY_SINH", ["31/02/2016", "29/02/2015", "1/2/2016", "32/01/2016", "01/13/2016",
                            "00/01/2016", "13/2016", "00/2016", "16", "01/02/1899", "2200",
                            "2016-02-01", "01-02-2016", "01/02/2016 ", "٠١/٠٢/٢٠١٦"], "date"),
    (GENERAL, "NGAY_TAO_HOC_BA", ["2026-02-30T00:00:00+07:00", "2026-05-29T24:00:00+07:00",
                                  "2026-05-29T10:60:00Z", "2026-05-29T10:00:00", "2026-05-29",
                                  "2026-05-29 10:00:00+07:00", "2026-05-29T10:00:00.5Z",
                                  "2026-05-29T10:00:00+07:60", "2026-05-29T10:00:00+14:01",
                                  "2026-05-29T10:00:00z", "1899-12-31T10:00:00Z",
                                  "0001-01-01T00:00:00Z", "29/05/2026", "hôm qua"], "date"),
    (GENERAL, "NGAY_KY_PHAT_HANH_HOC_BA", ["2026-13-01T00:00:00Z", "x"], "date"),
    (HISTORY, "NGAY_TRANG_THAI_CHUYEN_DEN", ["2025-09-31T00:00:00+07:00", "2025"], "date"),
    (GENERAL, "CAN_NANG", ["28,5", "28.12345", "-1", "+1", "028", ".5", "5.", "1e2", "NaN",
                           "10000", " 28", "28 kg", "٢٨"], "field_type"),
    (GENERAL, "CHIEU_CAO", ["1m31", "131."], "field_type"),
    (GENERAL, "TONG_SO_BUOI_NGHI_CO_PHEP", ["-1", "1.5", "01", "x", "²"], "field_type"),
    (GENERAL, "THONG_SO_BUOI_NGHI_KHONG_PHEP", ["-1", "00"], "field_type"),
    (SUMMARY, "KET_QUA_XEP_LOAI", ["Tốt", "hoàn thành", "Hoàn Thành", "T"], "field_catalogue"),
    (SUMMARY, "DUOC_LEN_LOP", ["2", "x", "C"], "field_type"),
    (SUMMARY, "DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC", ["2"], "field_type"),
    (SUMMARY, "DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC", ["t"], "field_type"),
    (MARK, "MA_MON_HOC", ["99", "2", "ABC"], "field_catalogue"),
    (MARK, "MUC_DAT_DUOC", ["Đ", "t", "D", "X", "\u0422"], "field_catalogue"),
    (MARK, "DIEM_KIEM_TRA_DINH_KY", ["11", "-1", "9.5", "9,5", "09", "m", "x", "T", "９"],
     "field_type"),
    (TRAITS, "NANG_LUC_TU_CHU_TU_HOC", ["H", "M", "D", "Ð", "t"], "field_catalogue"),
    (TRAITS, "PHAM_CHAT_TRACH_NHIEM", ["X"], "field_catalogue"),
]  # fmt: skip
