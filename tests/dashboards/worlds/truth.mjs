// What really happened in an office: which moment of which service belongs to up, down (and by whose fault), unknown or
// maintenance. The fixtures' series are made from it, and so are the numbers that queries must find: neither knows PromQL.
import { end, moments, start } from './clock.mjs';

const covers = (event, t) => event.from <= t && t < (event.to ?? Infinity);

export class Truth {
  constructor(office) {
    this.office = office;
    this.events = office.events ?? [];
    const edges = this.events.flatMap((event) => [event.from, event.to]).filter((t) => t > start && t <= end);
    this.edges = [start, ...[...new Set(edges)].sort((a, b) => a - b), end].filter((t, i, all) => t !== all[i - 1]);
    this.times = moments(this.edges.slice(1, -1));
    this.cache = new Map();
  }

  is(what, t, target) {
    return this.events.find(
      (event) => event.what === what && covers(event, t) && (!event.target || !target || event.target === target),
    );
  }

  answers(t) {
    return !this.is('silent', t);
  }
  mains(t) {
    return this.is('mains unknown', t) ? 'unknown' : this.is('mains off', t) ? 'off' : 'on';
  }

  /** { state, cause, reason } of a service. */
  target(target, t) {
    if (!this.answers(t)) {
      const cut = this.is('mains off', t) && !target.battery;
      return cut ? { state: 'down', cause: 'power' } : { state: 'unknown', reason: 'agent_dark' };
    }
    if (this.is('maintenance', t, target.name)) return { state: 'maintenance' };
    if (this.is('mains off', t) && !target.battery) return { state: 'down', cause: 'power' };
    if (this.is('link down', t) && target.needs === 'wan') return { state: 'down', cause: 'link' };
    const fault = this.events.find((event) => event.what === 'fault' && event.target === target.name && covers(event, t));
    if (fault) return { state: 'down', cause: fault.cause };
    if (this.events.find((event) => event.what === 'unseen' && event.target === target.name && covers(event, t)))
      return { state: 'unknown', reason: 'agent_trouble' };
    return { state: 'up' };
  }

  link(t) {
    if (!this.answers(t)) return { state: 'unknown', reason: 'agent_dark' };
    if (this.is('maintenance', t, 'wan')) return { state: 'maintenance' };
    if (this.is('mains off', t) && !this.office.linkOnBattery) return { state: 'down', cause: 'power' };
    return this.is('link down', t) ? { state: 'down', cause: 'link' } : { state: 'up' };
  }

  /** Pieces of constant state: [from, to, { state, cause, reason }]. */
  pieces(node) {
    const key = node === 'link' ? 'link' : node.name;
    if (!this.cache.has(key)) {
      const at = (t) => (node === 'link' ? this.link(t) : this.target(node, t));
      this.cache.set(
        key,
        this.edges.slice(0, -1).map((from, i) => [from, this.edges[i + 1], at(from)]),
      );
    }
    return this.cache.get(key);
  }

  /** Seconds of the pieces for which `holds`, from `from` until `to`. */
  seconds(node, holds, to = end, from = start) {
    return this.pieces(node).reduce(
      (sum, [a, b, piece]) => sum + (holds(piece) ? Math.max(0, Math.min(b, to) - Math.max(a, from)) : 0),
      0,
    );
  }

  /** Outages: stretches of down, also over times in which nobody could see. [{ from, to, cause }], to absent while open. */
  outages(node) {
    const all = [];
    let open;
    for (const [from, , { state, cause }] of this.pieces(node)) {
      if (state === 'down' && !open) all.push((open = { from, cause }));
      else if (open && (state === 'up' || state === 'maintenance')) {
        open.to = from;
        open = undefined;
      }
    }
    return all;
  }

  cuts() {
    return this.events.filter((event) => event.what === 'mains off').map(({ from, to }) => ({ from, to }));
  }
  offSeconds(to = end) {
    return this.cuts().reduce((sum, cut) => sum + Math.max(0, Math.min(cut.to ?? to, to) - cut.from), 0);
  }

  lastAnswer(t) {
    const silent = this.is('silent', t);
    return silent ? silent.from - 15 : t;
  }
}
