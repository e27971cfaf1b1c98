// Starts GraphiQL on this gateway with the examples as tabs. Served as it is: no build, nothing from elsewhere.
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
const hint = '{\n  "Authorization": "Bearer "\n}';

/** Each visit is a new act: a client key that was used before would repeat an old one. */
const fresh = (variables) => (variables?.input?.clientKey ? { ...variables, input: { ...variables.input, clientKey: crypto.randomUUID() } } : variables);
const tabs = examples.map(({ query, variables }) => ({ query, variables: JSON.stringify(fresh(variables), null, 2), headers: hint }));

ReactDOM.createRoot(document.getElementById('graphiql')).render(React.createElement(GraphiQL, {
  fetcher,
  storage,
  // The first tab's variables show only when they are the page's own too.
  ...tabs[0],
  defaultTabs: tabs,
  defaultEditorToolsVisibility: 'variables',
  defaultHeaders: hint,
  isHeadersEditorEnabled: true,
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
  maxHistoryLength: 0,
  visiblePlugin: undefined,
}));
