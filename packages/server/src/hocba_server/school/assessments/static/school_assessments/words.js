// What the grid says, Vietnamese first.

export const WORDS = {
  vi: {
    states: {
      waiting: ({ count }) => `Chờ lưu ${count} ô…`,
      saving: ({ count }) => `Đang lưu ${count} ô…`,
      saved: ({ time }) => `✓ Đã lưu lúc ${time}`,
      attention: ({ count }) => `✗ ${count} ô chưa lưu được, xem bên dưới`,
      offline: ({ count }) => `… Mất kết nối: ${count} ô còn giữ trên máy này, sẽ tự lưu khi có mạng`,
      "signed-out": ({ count }) => `✗ Phiên đăng nhập đã hết: ${count} ô còn giữ trên máy này. Mở thẻ khác để đăng nhập lại rồi bấm Ctrl+S`,
      refused: ({ sentence }) => `✗ ${sentence}`,
      restored: ({ count }) => `… Đã lấy lại ${count} ô chưa kịp lưu lần trước, đang lưu`,
      pasted: ({ count }) => `Đã dán ${count} ô`,
    },
    noResult: "Chưa tính được",
    phrases: "Ngân hàng nhận xét",
    noPhrases: "Chưa có câu mẫu cho ô này. Thêm câu, hoặc lấy bộ mẫu có sẵn, ở trang",
    keepMine: (value) => `Giữ của tôi: “${value.slice(0, 30)}”`,
    takeTheirs: (value) => `Lấy của đồng nghiệp: “${value.slice(0, 30)}”`,
    goThere: "Sửa ô này",
    noConnection: "Không lấy được lịch sử. Kiểm tra kết nối rồi thử lại.",
    fillTitle: "Điền cả lớp",
    fillValue: "Giá trị điền cho cả lớp",
    onlyEmpty: "Chỉ điền ô còn trống",
    fill: "Điền",
    commentForLevel: (level) => `Nhận xét cho em đạt mức ${level}`,
    commentForLowest: (level) => `Nhận xét cho em có mức thấp nhất trong nhóm là ${level}`,
    commentForResult: (level) => `Nhận xét cho em có kết quả năm học ${{ T: "Hoàn thành xuất sắc hoặc tốt", H: "Hoàn thành", C: "Chưa hoàn thành" }[level]}`,
    commentForAll: "Nhận xét",
    manyLines: "Mỗi dòng một câu: các câu được dùng lần lượt. {ten} là tên của em. Điền xong sửa lại từng em.",
    propose: "Ghép từ nhận xét các môn",
    proposeAward: "Học sinh Xuất sắc theo kết quả năm học",
    sameText: (same, all) => `${same} trong ${all} em có cùng một nhận xét. Thầy/Cô nên sửa cho từng em; có thể hoàn tác.`,
    nothingFilled: "Không có ô nào để điền.",
    leftOver: (rows, columns) => `Khối vừa dán lớn hơn bảng: ${[rows && `${rows} dòng`, columns && `${columns} cột`].filter(Boolean).join(" và ")} cuối không dán được. Kiểm tra xem đã chọn đúng ô đầu chưa; Ctrl+Z để hoàn tác.`,
    keysHtml: `<h2 class="dialog-title">Phím tắt</h2><dl class="facts">
<dt>T H C (Đ)</dt><dd>điền mức và xuống dòng; phím 1 2 3 cũng được</dd><dt>Mũi tên, Tab</dt><dd>đi giữa các ô</dd>
<dt>Enter, F2</dt><dd>sửa ô; Enter lần nữa để xong và xuống dòng</dd><dt>Esc</dt><dd>bỏ, không sửa; khi không sửa ô nào thì ra khỏi bảng</dd>
<dt>Shift + mũi tên</dt><dd>chọn nhiều ô; Ctrl+A chọn cả cột</dd><dt>Ctrl+C, Ctrl+V</dt><dd>chép và dán, cả từ Excel</dd>
<dt>Ctrl+D</dt><dd>điền xuống</dd><dt>Delete</dt><dd>xoá ô</dd><dt>Ctrl+Z, Ctrl+Y</dt><dd>hoàn tác, làm lại</dd><dt>Ctrl+S</dt><dd>lưu ngay</dd></dl>`,
  },
  en: {
    states: {
      waiting: ({ count }) => `${count} cells to save…`,
      saving: ({ count }) => `Saving ${count} cells…`,
      saved: ({ time }) => `✓ Saved at ${time}`,
      attention: ({ count }) => `✗ ${count} cells could not be saved, see below`,
      offline: ({ count }) => `… No connection: ${count} cells are kept on this computer and saved later`,
      "signed-out": ({ count }) => `✗ Your session has ended: ${count} cells are kept on this computer. Sign in in another tab, then press Ctrl+S`,
      refused: ({ sentence }) => `✗ ${sentence}`,
      restored: ({ count }) => `… ${count} cells of the last visit were brought back and are being saved`,
      pasted: ({ count }) => `${count} cells pasted`,
    },
    noResult: "Not known yet",
    phrases: "Comment bank",
    noPhrases: "There are no phrases for this cell yet. Add some, or take the ready set, in the",
    keepMine: (value) => `Keep mine: “${value.slice(0, 30)}”`,
    takeTheirs: (value) => `Take the colleague's: “${value.slice(0, 30)}”`,
    goThere: "Correct this cell",
    noConnection: "The history could not be loaded. Check the connection and try again.",
    fillTitle: "Fill the class",
    fillValue: "Value for the whole class",
    onlyEmpty: "Fill empty cells only",
    fill: "Fill",
    commentForLevel: (level) => `Comment for level ${level}`,
    commentForLowest: (level) => `Comment where the lowest level of the group is ${level}`,
    commentForResult: (level) => `Comment for the year result ${{ T: "Hoàn thành xuất sắc or tốt", H: "Hoàn thành", C: "Chưa hoàn thành" }[level]}`,
    commentForAll: "Comment",
    manyLines: "One sentence per line, used in turn. {ten} is the pupil's name. Then adjust each pupil.",
    propose: "Compose from the subjects' comments",
    proposeAward: "“Học sinh Xuất sắc” by the year result",
    sameText: (same, all) => `${same} of ${all} pupils have the same comment. Better adjust it for each; you can undo.`,
    nothingFilled: "There was no cell to fill.",
    leftOver: (rows, columns) => `The block is larger than the table: the last ${[rows && `${rows} lines`, columns && `${columns} columns`].filter(Boolean).join(" and ")} were left out. Check where you began; Ctrl+Z undoes it.`,
    keysHtml: `<h2 class="dialog-title">Keys</h2><dl class="facts">
<dt>T H C (Đ)</dt><dd>enter the level and go down; 1 2 3 work as well</dd><dt>Arrows, Tab</dt><dd>move between cells</dd>
<dt>Enter, F2</dt><dd>edit; Enter again to finish and go down</dd><dt>Esc</dt><dd>leave unchanged; when no cell is edited, leave the table</dd>
<dt>Shift + arrows</dt><dd>choose several cells; Ctrl+A the column</dd><dt>Ctrl+C, Ctrl+V</dt><dd>copy and paste, also from Excel</dd>
<dt>Ctrl+D</dt><dd>fill down</dd><dt>Delete</dt><dd>clear</dd><dt>Ctrl+Z, Ctrl+Y</dt><dd>undo, redo</dd><dt>Ctrl+S</dt><dd>save now</dd></dl>`,
  },
};
