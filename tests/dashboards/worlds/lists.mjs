// Closed lists of words that the agent uses; their meaning stands in docs/outages.md.
export const states = ['pending', 'up', 'down', 'unknown', 'maintenance'];
export const causes = ['power', 'link', 'dns', 'host', 'service', 'certificate', 'content'];
