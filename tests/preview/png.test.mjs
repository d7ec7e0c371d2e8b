// Pictures are made small without changing what is in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { decoded, shrunk } from '../../dashboards/preview/png.mjs';

const chunk = (type, data) => {
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type), data, sum]);
};

// An unshrunk picture: a function of x and y gives [red, green, blue]; every line uses another of PNG's five filters.
function picture(width, height, colorAt) {
  const bytes = (x, y) => (x < 0 || y < 0 ? [0, 0, 0] : colorAt(x, y));
  const predicted = [
    () => 0,
    (l) => l,
    (l, u) => u,
    (l, u) => (l + u) >> 1,
    (l, u, c) => [l, u, c].sort((a, b) => Math.abs(l + u - c - a) - Math.abs(l + u - c - b))[0],
  ];
  const lines = [];
  for (let y = 0; y < height; y++) {
    const filter = y % 5;
    lines.push(filter);
    for (let x = 0; x < width; x++)
      for (let k = 0; k < 3; k++)
        lines.push((bytes(x, y)[k] - predicted[filter](bytes(x - 1, y)[k], bytes(x, y - 1)[k], bytes(x - 1, y - 1)[k])) & 255);
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.from(lines), { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('few colours stay exactly what they are', () => {
  const colorAt = (x, y) => [(x % 4) * 60, (y % 3) * 100, 7];
  const before = decoded(picture(40, 20, colorAt));
  const after = decoded(shrunk(picture(40, 20, colorAt)));
  assert.deepEqual([after.width, after.height], [40, 20]);
  assert.deepEqual([...after.colors], [...before.colors]);
  assert.equal(before.colors[41], (60 << 16) | (100 << 8) | 7);
});

test('many colours become 256 at most, each near to what it was', () => {
  const colorAt = (x, y) => [x * 4, y * 4, 128];
  const file = picture(64, 64, colorAt);
  const [before, after] = [decoded(file), decoded(shrunk(file))];
  assert.ok(new Set(after.colors).size <= 256);
  const far = [...after.colors].filter((color, index) => Math.abs((color >> 16) - (before.colors[index] >> 16)) > 40);
  assert.ok(far.length < 0.02 * after.colors.length, `${far.length} pixels are far away`);
});

test('what is not such a picture is refused', () => {
  assert.throws(() => shrunk(Buffer.from('GIF89a..')), /not a PNG/);
});
