import { rmSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compressed } from "./build";

// The build goes to dist, which Go embeds. dist/.gitkeep stays, so that Go
// compiles before the first build; what an earlier build left is taken away.
export default defineConfig(({ command }) => {
  if (command === "build") {
    rmSync(new URL("dist/assets", import.meta.url), { recursive: true, force: true });
  }
  return {
    plugins: [react(), compressed()],
    build: { outDir: "dist", emptyOutDir: false, assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: "es2022", chunkSizeWarningLimit: 700 },
    server: { proxy: { "/api": "http://127.0.0.1:5199", "/auth": "http://127.0.0.1:5199" } },
    test: { include: ["src/**/*.test.ts"] },
  };
});
