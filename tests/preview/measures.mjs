// What the tests measure in a page that is shown in a browser. It runs inside the page, so it must not use anything from
// outside itself; it answers plain lists of complaints and facts.
export function measured() {
  const complaints = [];
  const box = (element) => element.getBoundingClientRect();
  const apart = (a, b, slack = 1) =>
    a.right <= b.left + slack || b.right <= a.left + slack || a.bottom <= b.top + slack || b.bottom <= a.top + slack;
  const inside = (a, b, slack = 1.5) =>
    a.left >= b.left - slack && a.right <= b.right + slack && a.top >= b.top - slack && a.bottom <= b.bottom + slack;
  const main = box(document.querySelector('main'));
  const panels = [...document.querySelectorAll('section.panel')];
  const titleOf = (panel) => panel.querySelector('h2')?.textContent || panel.dataset.panel;
  panels.forEach((panel, index) => {
    if (!inside(box(panel), main)) complaints.push(`${titleOf(panel)}: outside of the page`);
    panels
      .slice(index + 1)
      .filter((other) => !apart(box(panel), box(other)))
      .forEach((other) => complaints.push(`${titleOf(panel)} overlaps ${titleOf(other)}`));
  });
  const checkTexts = (panel) => {
    const texts = [...panel.querySelectorAll('svg text')]
      .map((text) => ({ text, at: box(text) }))
      .filter(({ at }) => at.width > 0);
    texts
      .filter(({ at }) => !inside(at, box(panel)))
      .forEach(({ text }) => complaints.push(`${titleOf(panel)}: "${text.textContent}" is cut off`));
    texts.forEach(({ text, at }, index) =>
      texts
        .slice(index + 1)
        .filter((other) => !apart(at, other.at, 2.5))
        .forEach((other) => complaints.push(`${titleOf(panel)}: "${text.textContent}" overlaps "${other.text.textContent}"`)),
    );
  };
  const checkTables = (panel) => {
    const scroll = panel.querySelector('.scroll');
    if (!scroll) return;
    if (scroll.scrollWidth > scroll.clientWidth + 1)
      complaints.push(`${titleOf(panel)}: the table is ${scroll.scrollWidth} wide in ${scroll.clientWidth}`);
    [...panel.querySelectorAll('th, td')]
      .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 && !('name' in cell.dataset))
      .forEach((cell) => complaints.push(`${titleOf(panel)}: "${cell.textContent}" is cut off`));
  };
  panels.forEach((panel) => {
    checkTexts(panel);
    checkTables(panel);
    const title = panel.querySelector('h2');
    if (title && title.scrollWidth > title.clientWidth + 1) complaints.push(`${titleOf(panel)}: the title is cut off`);
    if (panel.dataset.wrong === 'true' || panel.querySelector('.error'))
      complaints.push(`${titleOf(panel)}: ${panel.textContent}`);
  });
  const notice = document.querySelector('.notice');
  return {
    complaints,
    panels: panels.length,
    height: document.documentElement.scrollHeight,
    width: document.documentElement.scrollWidth,
    title: document.title,
    scripts: document.querySelectorAll('script').length,
    notice: {
      text: notice.textContent,
      top: box(notice).top,
      height: box(notice).height,
      color: getComputedStyle(notice).color,
      background: getComputedStyle(notice).backgroundColor,
    },
  };
}

// Rows of a table as { header: { text, background } }.
export function tableRows(title) {
  const panel = [...document.querySelectorAll('section.panel')].find((each) => each.querySelector('h2')?.textContent === title);
  const heads = [...panel.querySelectorAll('th')].map((head) => head.textContent);
  return [...panel.querySelectorAll('tbody tr')].map((row) =>
    Object.fromEntries(
      [...row.cells].map((cell, index) => [
        heads[index],
        {
          text: cell.textContent,
          background: getComputedStyle(cell).backgroundColor,
          link: cell.querySelector('a')?.getAttribute('href') || null,
        },
      ]),
    ),
  );
}

// Everything that has a word and a colour: [panel, word, colour].
export function colouredWords() {
  const words = [];
  for (const panel of document.querySelectorAll('section.panel')) {
    const title = panel.querySelector('h2')?.textContent || '';
    for (const each of panel.querySelectorAll('[data-state]'))
      words.push([title, each.dataset.state, each.dataset.color || each.getAttribute('fill')]);
    for (const each of panel.querySelectorAll('[data-value]'))
      words.push([title, each.dataset.value, each.dataset.color || each.getAttribute('fill')]);
    for (const cell of panel.querySelectorAll('td'))
      if (cell.textContent) words.push([title, cell.textContent, cell.dataset.color || getComputedStyle(cell).color]);
  }
  return words;
}
