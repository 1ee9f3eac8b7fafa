// Reads the signed codes of a print in the browser, from pictures or from the camera. No picture is
// sent anywhere: only the text of the codes goes into the form, and the person sends that.

import { prepareZXingModule, readBarcodes } from "../vendor/zxing/reader/index.js";

const PREFIX = "HB1:";
const EVERY_MS = 350;
const vietnamese = document.documentElement.lang !== "en";
const say = (vi, en) => (vietnamese ? vi : en);
const root = new URL("../vendor/zxing/", import.meta.url);
prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, root).href } });

for (const form of document.querySelectorAll("form.paper")) {
  const field = form.querySelector("textarea");
  const told = form.querySelector("output");
  const picture = form.querySelector('input[type="file"]');
  const button = form.querySelector("button.paper__camera");
  const video = form.querySelector("video");
  form.querySelector(".paper__tools").hidden = false;
  let stream = null;

  const tell = (words) => {
    told.textContent = words;
  };

  /** Add what was read; answers how many codes were new. */
  const add = (texts) => {
    const known = new Set(field.value.split("\n").map((line) => line.trim()).filter(Boolean));
    const before = known.size;
    for (const text of texts) if (text.startsWith(PREFIX)) known.add(text);
    field.value = [...known].join("\n");
    return known.size - before;
  };
  const count = () => field.value.split("\n").filter((line) => line.startsWith(PREFIX)).length;
  const read = async (image) => {
    const found = await readBarcodes(image, { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 20 });
    return found.filter((each) => each.isValid).map((each) => each.text);
  };

  picture.addEventListener("change", async () => {
    tell(say("Đang đọc ảnh…", "Reading the picture…"));
    let added = 0;
    try {
      for (const file of picture.files) added += add(await read(file));
      tell(
        added
          ? say(`Đã đọc ${count()} mã. Bấm Kiểm tra bản in.`, `${count()} codes read. Press Check the print.`)
          : say(
              "Không thấy mã nào trong ảnh. Chụp lại cho phẳng, đủ sáng và gần hơn.",
              "No code in the picture. Take it again: flat, bright and closer.",
            ),
      );
    } catch {
      tell(say("Không đọc được ảnh này.", "This picture cannot be read."));
    }
    picture.value = "";
  });

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.hidden = true;
    video.srcObject = null;
    button.textContent = say("Quét bằng máy ảnh", "Scan with the camera");
  };

  const watch = async () => {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    while (stream) {
      if (video.videoWidth) {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        pen.drawImage(video, 0, 0);
        const image = pen.getImageData(0, 0, canvas.width, canvas.height);
        if (add(await read(image))) {
          tell(
            say(
              `Đã đọc ${count()} mã. Đưa mã tiếp theo vào khung, hoặc bấm Kiểm tra bản in.`,
              `${count()} codes read. Show the next one, or press Check the print.`,
            ),
          );
        }
      }
      await new Promise((resume) => setTimeout(resume, EVERY_MS));
    }
  };

  button.addEventListener("click", async () => {
    if (stream) {
      stop();
      return;
    }
    try {
      const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch {
      tell(
        say(
          "Không mở được máy ảnh. Cho phép trang này dùng máy ảnh, hoặc chọn ảnh đã chụp.",
          "The camera cannot be opened. Allow it for this page, or choose a picture.",
        ),
      );
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = say("Dừng quét", "Stop");
    tell(say("Đưa mã vuông lớn vào giữa khung hình.", "Hold the large square code into the picture."));
    await video.play();
    watch();
  });
  addEventListener("pagehide", stop);
}
