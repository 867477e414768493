// Serves a page with one script, bundled for a browser, over HTTP at a free port of this machine.

import { once } from "node:events";
import http from "node:http";
import { build } from "esbuild";

export async function servePage(script) {
  const bundle = await build({
    entryPoints: [script],
    bundle: true,
    write: false,
    logLevel: "error",
  });
  const files = {
    "/": ["text/html", '<!doctype html><title>Sign in</title><script src="page.js"></script>'],
    "/page.js": ["text/javascript", bundle.outputFiles[0].text],
  };
  const server = http.createServer(({ url }, response) => {
    const [type, text] = files[url] ?? [];
    response.writeHead(text === undefined ? 404 : 200, { "Content-Type": type ?? "text/plain" });
    response.end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
