import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@mantine/core/styles.css";
import "./global.css";
import { App } from "./App";

const root = document.getElementById("root");
if (!root) {
  throw new Error("index.html has no element with the id root");
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
