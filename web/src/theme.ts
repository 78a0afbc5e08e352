import { Button, createTheme, type CSSVariablesResolver } from "@mantine/core";

/** The one accent colour in Mantine's ten shades. */
export const theme = createTheme({
  primaryColor: "green",
  primaryShade: { light: 7, dark: 4 },
  colors: {
    green: ["#eaf7f1", "#d3ede1", "#a5dbc4", "#74c9a5", "#4cc29a", "#33a37d", "#278a69", "#1f7a5c", "#17604a", "#0f4737"],
    dark: ["#e8eeeb", "#c4cfca", "#9aa8a2", "#75837d", "#43514b", "#33403b", "#232c29", "#181e1c", "#101413", "#0a0d0c"],
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "1.625rem", lineHeight: "1.25" }, h2: { fontSize: "1.0625rem", lineHeight: "1.4" } } },
  defaultRadius: "md",
  radius: { md: "7px" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      // White on the light green of the dark scheme would not be readable.
      vars: (_, { variant = "filled", color }) => ({ root: variant === "filled" && !color ? { "--button-color": "var(--on-accent)" } : {} }),
    }),
  },
});

/** Both schemes are designed: these are the surfaces and inks of each. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#16201c",
    "--mantine-color-dimmed": "#56625d",
    "--mantine-color-default-border": "#d5dbd8",
    "--mantine-color-placeholder": "#6a7671",
    "--mantine-color-error": "#a3261d",
    "--mantine-color-anchor": "#17604a",
  },
  dark: {
    "--mantine-color-body": "#101413",
    "--mantine-color-text": "#e8eeeb",
    "--mantine-color-dimmed": "#9aa8a2",
    "--mantine-color-default": "#181e1c",
    "--mantine-color-default-hover": "#202825",
    "--mantine-color-default-border": "#33403b",
    "--mantine-color-placeholder": "#84928c",
    "--mantine-color-error": "#ff9b92",
    "--mantine-color-anchor": "#6fd3b0",
  },
});
