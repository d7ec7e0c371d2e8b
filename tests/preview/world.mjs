// The world that the preview's tests look at: some of the dashboards' own fixture offices, and one service among them
// whose name tries to be HTML and must stay text.
import { Truth } from '../dashboards/worlds/truth.mjs';
import { end } from '../dashboards/worlds/clock.mjs';
import { offices } from '../dashboards/worlds/offices.mjs';
import { write } from '../dashboards/worlds/text.mjs';

export const hostile = '<script>document.title="broken"</script>';
export { end };
export const length = 90 * 60; // the fixtures are dense for so long

const chosen = ['normal-2', 'padam-1', 'padam-2', 'padam-3', 'putus-1', 'diam-1', 'sertifikat-1'];
const withHostile = (office) => ({
  ...office,
  targets: [...office.targets, { ...office.targets[0], name: hostile, url: 'https://papan.example.go.id/?a=1&b="2"' }],
});

// Writes the world into `folder`; the paths of the files.
export function written(folder) {
  const own = chosen.map((id) => offices.find((office) => office.id === id));
  return write(
    own.map((office) => new Truth(office.id === 'normal-2' ? withHostile(office) : office)),
    folder,
  );
}
