// What the mock's routes answer with.

/** json answers with a body. */
export const json = (res, status, body) => res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));

/** fail answers with Backstage's error envelope. */
export const fail = (res, status, name, message) => json(res, status, { error: { name, message }, request: {}, response: { statusCode: status } });

/** stream opens a stream of server-sent events. */
export function stream(res) {
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  res.flushHeaders();
  return (kind, data, id) => res.write(`${id ? `id: ${id}\n` : ""}event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** body reads a request's JSON. */
export async function body(req) {
  let text = "";
  for await (const chunk of req) text += chunk;
  return JSON.parse(text);
}
