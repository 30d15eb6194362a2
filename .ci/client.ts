// A client as another team would write it: nothing but `fetch` and the types generated from the document.
// It is compiled, never run. What it reads must stand in the document under that name and with that type;
// where a comment says so, the document must be strict enough to refuse the line below it.
import type { paths } from "./api";

type Method = "get" | "post" | "patch" | "delete";
type Path<M extends Method> = { [P in keyof paths]: paths[P][M] extends { responses: object } ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;

type Query<O> = O extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
type Route<O> = O extends { parameters: { path: infer R } } ? R : undefined;
type Body<O> = O extends { requestBody?: { content: { "application/json": infer B } } } ? B : undefined;
type Answer<O, Status extends number> = O extends { responses: infer R }
  ? Status extends keyof R
    ? R[Status] extends { content: { "application/json": infer A } } ? A : never
    : never
  : never;
type Refusal<O, Status extends number> = O extends { responses: infer R }
  ? Status extends keyof R
    ? R[Status] extends { content: { "application/problem+json": infer A } } ? A : never
    : never
  : never;
type Success<O> = Answer<O, 200> | Answer<O, 201>;

class Sanfuwu {
  constructor(private readonly origin: string, private readonly accessToken: string | null) {}

  async call<M extends Method, P extends Path<M>>(
    method: M,
    path: P,
    request: {
      route?: Route<Operation<P, M>>;
      query?: Query<Operation<P, M>>;
      body?: Body<Operation<P, M>>;
      headers?: Record<string, string>;
    } = {},
  ): Promise<Success<Operation<P, M>>> {
    let address = this.origin + String(path);
    for (const [name, value] of Object.entries(request.route ?? {})) {
      address = address.replace(`{${name}}`, encodeURIComponent(String(value)));
    }
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) {
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
    }
    const response = await fetch(`${address}?${query}`, {
      method: method.toUpperCase(),
      headers: {
        "content-type": "application/json",
        ...(this.accessToken === null ? {} : { authorization: `Bearer ${this.accessToken}` }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Success<Operation<P, M>>;
  }
}

// The reporter's words are recorded, and the receipt is what he takes home.
type RecordProblem = Operation<"/api/v1/problems", "post">;

export async function record(client: Sanfuwu, problem: Body<RecordProblem>): Promise<string> {
  const stored = await client.call("post", "/api/v1/problems", {
    body: problem,
    headers: { "idempotency-key": crypto.randomUUID() },
  });
  const version: number = stored.version;
  return `${stored.tracking_no} ${stored.statement} (version ${version})`;
}

// Every page of a list, by its cursor; the total only where it was asked for.
export async function everyProblem(client: Sanfuwu): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.call("get", "/api/v1/problems", {
      query: { limit: 200, sort: "-recorded_at", ...(cursor === undefined ? {} : { cursor }) },
    });
    for (const problem of page.items) {
      const actions: string[] = problem.allowed_actions.map((allowed) => `${allowed.action} ${allowed.label} ${allowed.href}`);
      const due: string | null = problem.clock.due_at;
      found.push([problem.id, problem.tracking_no, problem.division.code, problem.division.full_name, due, ...actions].join(" "));
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

// The speech's own figures: counts and coverage on a day.
export async function overview(client: Sanfuwu): Promise<Answer<Operation<"/api/v1/metrics/overview", "get">, 200>> {
  return await client.call("get", "/api/v1/metrics/overview", { query: { campaign: "2019", as_of: "2019-01-14" } });
}

// A refusal is RFC 9457: every fault at once, each with its pointer.
export function faults(refusal: Refusal<RecordProblem, 422>): string[] {
  return (refusal.errors ?? []).map((fault) => `${fault.pointer} ${fault.code} ${fault.detail} (${refusal.code}, ${refusal.request_id})`);
}

// Three audiences, and no fourth.
export const audiences: Body<RecordProblem>["audience"][] = ["enterprise", "masses", "grassroots"];
// @ts-expect-error the document must list the audiences
export const fourth: Body<RecordProblem>["audience"] = "other";

// @ts-expect-error the document must know every query parameter
export const unknownParameter: Query<Operation<"/api/v1/problems", "get">> = { colour: "red" };

// @ts-expect-error the document must say that the reporter's own words are required
export const speechless: Body<RecordProblem> = { audience: "masses" };
