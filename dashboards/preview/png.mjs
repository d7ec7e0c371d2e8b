// Makes pictures small: a PNG as Chromium takes it (8 bits, red green blue with or without alpha) becomes one with at most
// 256 colours. Flat drawings lose nothing that an eye could see. It reads no other PNGs and refuses them.
import { deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function* chunks(file) {
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    yield { type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

const nearest = (left, up, corner) => {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
};

// PNG specification, 9.2: every line says how its bytes were predicted.
function unfiltered(raw, height, stride, size) {
  const out = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= size ? out[at - size] : 0;
      const up = y ? out[at - stride] : 0;
      const corner = y && x >= size ? out[at - stride - size] : 0;
      const guess =
        filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : filter === 4 ? nearest(left, up, corner) : 0;
      out[at] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  return out;
}

// { width, height, colors: one number 0xRRGGBB per pixel }.
export function decoded(file) {
  if (!file.subarray(0, 8).equals(signature)) throw new Error('png: not a PNG');
  const all = [...chunks(file)];
  const head = all.find(({ type }) => type === 'IHDR').data;
  const [width, height, depth, kind, interlace] = [head.readUInt32BE(0), head.readUInt32BE(4), head[8], head[9], head[12]];
  const size = { 2: 3, 3: 1, 6: 4 }[kind];
  if (depth !== 8 || !size || interlace) throw new Error(`png: depth ${depth}, kind ${kind} is not read here`);
  const raw = inflateSync(Buffer.concat(all.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  const bytes = unfiltered(raw, height, width * size, size);
  const palette = all.find(({ type }) => type === 'PLTE')?.data;
  const colors = new Uint32Array(width * height);
  for (let index = 0; index < colors.length; index++) {
    const source = palette ? palette : bytes;
    const at = palette ? bytes[index] * 3 : index * size;
    colors[index] = (source[at] << 16) | (source[at + 1] << 8) | source[at + 2];
  }
  return { width, height, colors };
}

const distance = (a, b) =>
  ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

const exact = 64; // so many colours stay exactly as they are: those of surfaces, lines and letters

// Colours, the most frequent first, the others no nearer to each other than `apart`; null when these are too many.
function spread(frequent, apart, most) {
  const chosen = frequent.slice(0, exact);
  for (const color of frequent.slice(exact)) {
    if (chosen.some((each) => distance(each, color) <= apart)) continue;
    if (chosen.push(color) > most) return null;
  }
  return chosen;
}

// As near to each other as fits into the palette: then no colour is further than that from the one that stands for it.
function paletteOf(counts, most = 256) {
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([color]) => color);
  if (frequent.length <= most) return frequent;
  for (let apart = 12; ; apart *= 1.5) {
    const chosen = spread(frequent, apart, most);
    if (chosen) return chosen;
  }
}

const table = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc = (bytes) => (bytes.reduce((c, byte) => table[(c ^ byte) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

export function shrunk(file) {
  const { width, height, colors } = decoded(file);
  const counts = new Map();
  for (const color of colors) counts.set(color, (counts.get(color) || 0) + 1);
  const palette = paletteOf(counts);
  const places = new Map();
  for (const color of counts.keys()) {
    places.set(
      color,
      palette.reduce((best, each, index) => (distance(each, color) < distance(palette[best], color) ? index : best), 0),
    );
  }
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = places.get(colors[y * width + x]);
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  const entries = Buffer.from(palette.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('PLTE', entries),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
