/** One GraphQL request over HTTP. */

export interface GraphQLRequest {
  query: string;
  variables?: Record<string, unknown> | undefined;
  operationName?: string | null | undefined;
}

export interface GraphQLErrorData {
  message: string;
  extensions?: { code?: string } | undefined;
}

export interface GraphQLResult<Data = Record<string, unknown>> {
  data?: Data | null;
  errors?: GraphQLErrorData[];
}

export interface Answer<Data = Record<string, unknown>> {
  status: number;
  result: GraphQLResult<Data>;
  /** The server's clock when it answered, in ms since 1970: token lifetimes are counted from it. */
  serverTime: number;
}

/** Throws when the server cannot be reached or answers with something other than a GraphQL result. */
export async function post<Data = Record<string, unknown>>(
  path: string,
  request: GraphQLRequest,
  headers: Record<string, string> = {},
): Promise<Answer<Data>> {
  const response = await send(path, request, headers);
  const serverTime = Date.parse(response.headers.get('date') ?? '') || Date.now();
  return { status: response.status, result: await readResult<Data>(response), serverTime };
}

async function send(path: string, request: GraphQLRequest, headers: Record<string, string>): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json;q=0.9',
        ...headers,
      },
      body: JSON.stringify(request),
    });
  } catch {
    throw new Error('The server cannot be reached.');
  }
}

async function readResult<Data>(response: Response): Promise<GraphQLResult<Data>> {
  const text = await response.text();
  try {
    return JSON.parse(text) as GraphQLResult<Data>;
  } catch {
    throw new Error(`The server answered ${response.status}: ${text.slice(0, 200) || response.statusText}`);
  }
}
