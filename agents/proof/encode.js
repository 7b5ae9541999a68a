// The pictures of a run, fetched one by one and encoded as VP8 by the browser that ran it.
async ({ times, keys, bitsPerSecond, sideMax }) => {
  const chunks = [];
  const base64 = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };
  let failure;
  let encoder, canvas, pen;
  for (let at = 0; at < times.length; at++) {
    const picture = await createImageBitmap(await (await fetch(`/${at}`)).blob());
    if (!encoder) {
      const scale = Math.min(1, sideMax / Math.max(picture.width, picture.height));
      const even = (length) => Math.max(2, Math.round((length * scale) / 2) * 2);
      canvas = new OffscreenCanvas(even(picture.width), even(picture.height));
      pen = canvas.getContext("2d");
      encoder = new VideoEncoder({
        output: (chunk) => {
          const data = new Uint8Array(chunk.byteLength);
          chunk.copyTo(data);
          chunks.push({ at_ms: Math.round(chunk.timestamp / 1000), key: chunk.type === "key", data: base64(data) });
        },
        error: (error) => { failure = error; },
      });
      encoder.configure({ codec: "vp8", width: canvas.width, height: canvas.height, bitrate: bitsPerSecond });
    }
    const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
    picture.close();
    const frame = new VideoFrame(canvas, { timestamp: times[at] * 1000 });
    encoder.encode(frame, { keyFrame: keys[at] });
    frame.close();
    if (encoder.encodeQueueSize > 4) await encoder.flush();
    if (failure) throw failure;
  }
  await encoder.flush();
  encoder.close();
  return { width: canvas.width, height: canvas.height, chunks };
}
