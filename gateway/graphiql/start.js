// Starts GraphiQL on this gateway with the registered documents as tabs. Served as it is: no build, nothing from elsewhere.
const { React, ReactDOM, GraphiQL } = window;

// GraphiQL would keep queries, variables and headers in the browser, and with them ID numbers and tokens on a shared machine.
const kept = new Map();
const storage = {
  get length() { return kept.size; },
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => { kept.set(key, String(value)); },
  removeItem: (key) => { kept.delete(key); },
  clear: () => { kept.clear(); },
};

async function fetcher(request, { headers = {} } = {}) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json', ...headers },
    body: JSON.stringify(request),
  });
  return response.json();
}

const examples = await (await fetch('/graphiql/examples.json')).json();
const hint = '{\n  "Authorization": ""\n}';

ReactDOM.createRoot(document.getElementById('graphiql')).render(React.createElement(GraphiQL, {
  fetcher,
  storage,
  defaultTabs: examples.map(({ query, variables }) => ({ query, variables: JSON.stringify(variables, null, 2), headers: hint })),
  defaultEditorToolsVisibility: 'variables',
  defaultHeaders: hint,
  isHeadersEditorEnabled: true,
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
  maxHistoryLength: 0,
  visiblePlugin: undefined,
}));
