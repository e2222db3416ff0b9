"use strict";

const EXAMPLE = `# 养老服务信用登记簿 · the credit-and-rating register for elderly care
# A request header {"Authorization": "Bearer <key>"} opens more than the public sees.
{
  institutions(first: 5, orderBy: [{field: SCORE, direction: DESC}]) {
    totalCount
    nodes {
      code
      name
      region { name }
      rating { stars score policy { code version } }
    }
  }
}
`;

const fetcher = GraphiQL.createFetcher({ url: window.location.pathname });
const page = React.createElement(GraphiQL, {
  fetcher,
  defaultQuery: EXAMPLE,
  defaultEditorToolsVisibility: true,
  shouldPersistHeaders: false,
});
ReactDOM.createRoot(document.getElementById("graphiql")).render(page);
