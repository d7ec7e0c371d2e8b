// The few calls of Prometheus' HTTP API that a dashboard needs. It asks only the given URL, every call has a deadline,
// and an answer that is an error becomes an Error with Prometheus' own words.
const deadlineMs = 30_000;

export class Prometheus {
  #base;

  constructor(url) {
    this.#base = new URL(url.endsWith('/') ? url : url + '/');
    if (!/^https?:$/.test(this.#base.protocol)) throw new Error(`prometheus: ${url} is not http`);
  }

  async #get(path, parameters = {}) {
    const url = new URL('api/v1/' + path, this.#base);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
    let answer;
    try {
      answer = await fetch(url, { signal: AbortSignal.timeout(deadlineMs), redirect: 'error' });
    } catch (error) {
      throw new Error(`Prometheus does not answer at ${this.#base.origin}: ${error.cause?.code || error.message}`);
    }
    const text = await answer.text();
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      throw new Error(`Prometheus answered ${answer.status} without JSON to ${path}`);
    }
    if (body.status !== 'success') throw new Error(`Prometheus: ${body.error || answer.status}`);
    return body.data;
  }

  // Times in milliseconds here, in seconds there.
  instant(query, time) {
    return this.#get('query', { query, time: time / 1000 });
  }

  range(query, start, end, step) {
    return this.#get('query_range', { query, start: start / 1000, end: end / 1000, step: step / 1000 });
  }

  labelValues(label, match, from, to) {
    const window = { start: from / 1000, end: to / 1000 };
    return this.#get(`label/${encodeURIComponent(label)}/values`, match ? { ...window, 'match[]': match } : window);
  }

  labelNames(from, to) {
    return this.#get('labels', { start: from / 1000, end: to / 1000 });
  }

  alerts() {
    return this.#get('alerts').then((data) => data.alerts);
  }
}
