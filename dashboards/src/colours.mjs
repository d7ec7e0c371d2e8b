// Colours and their order, by what they stand for. One place, so that power is the same orange on every dashboard.
// Unknown and silence are grey: never green, never red. Every colour comes with a word in the mappings, so that
// nobody has to tell two colours apart to read a panel.
export const up = '#3d9a50';
export const down = '#d92b3a';
export const grey = '#8e8e93';
export const pale = '#b9bbc2';
export const maintenance = '#4f8fe6';
export const caution = '#e0b400';
export const dark = '#7a2e0e';

export const cause = {
  power: '#f2762e',
  link: '#8a5cd6',
  dns: '#2aa5b8',
  host: '#a0694a',
  service: '#d92b3a',
  certificate: '#e255a1',
  content: '#8c1d40',
};
