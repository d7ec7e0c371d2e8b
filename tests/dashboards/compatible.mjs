// What the popular public dashboards ask for, by their numbers: metrics, and the labels by which they select or name series ('*': any
// value). Siaga serves these names so that such a dashboard can be imported as it is, with honor_labels in the scrape.

const instance = { instance: '*' };
const http = {
  probe_success: instance,
  probe_duration_seconds: instance,
  probe_http_status_code: instance,
  probe_http_ssl: instance,
  probe_dns_lookup_time_seconds: instance,
  probe_ssl_earliest_cert_expiry: instance,
  probe_http_duration_seconds: { instance: '*', phase: 'processing' },
};
const ups = { ups: '*' };

export const compatible = {
  7587: { name: 'Prometheus Blackbox Exporter', asks: { ...http, probe_http_version: instance } },
  13659: { name: 'Blackbox Exporter (HTTP prober)', asks: { ...http, probe_tls_version_info: { instance: '*', version: '*' } } },
  14928: {
    name: 'Prometheus Blackbox Exporter',
    asks: {
      ...http,
      probe_http_version: instance,
      probe_ip_protocol: instance,
      probe_tls_version_info: { instance: '*', version: '*' },
    },
  },
  11335: {
    name: 'Smokeping',
    asks: {
      smokeping_requests_total: { host: '*' },
      smokeping_response_duration_seconds_bucket: { host: '*', le: '+Inf' },
      smokeping_response_duration_seconds_count: { host: '*' },
      smokeping_response_duration_seconds_sum: { host: '*' },
      smokeping_prober_build_info: {},
    },
  },
  19308: {
    name: 'Prometheus NUT Exporter for DRuggeri',
    asks: {
      network_ups_tools_ups_status: { ups: '*', flag: 'OL' },
      network_ups_tools_device_info: { ups: '*', mfr: '*', model: '*' },
      network_ups_tools_battery_charge: ups,
      network_ups_tools_battery_runtime: ups,
      network_ups_tools_ups_load: ups,
      network_ups_tools_input_voltage: ups,
      network_ups_tools_battery_voltage: ups,
    },
  },
};

/** What is not served, and known not to be. A change of this list is a change of what Siaga promises. */
export const absent = [
  // Its variable "prober" lists probers by this; the shipped dashboard of smokeping_prober then shows all without it.
  '11335: smokeping_prober_build_info',
];
