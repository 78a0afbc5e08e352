declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  import type { ComponentType, createElement, ReactElement } from "react";

  type LayoutProps = { getComponent: (name: string, container: boolean) => ComponentType; specSelectors: { loadingStatus: () => string } };

  /** SwaggerPlugin gives the viewer components, made with its own copy of React. */
  export type SwaggerPlugin = (system: { React: { createElement: typeof createElement } }) => { components: Record<string, (props: LayoutProps) => ReactElement> };

  type Options = {
    domNode: HTMLElement;
    url: string;
    layout?: string;
    plugins?: readonly SwaggerPlugin[];
    deepLinking?: boolean;
    docExpansion?: "none" | "list" | "full";
    defaultModelsExpandDepth?: number;
    displayRequestDuration?: boolean;
    filter?: boolean;
    validatorUrl?: string | null;
    withCredentials?: boolean;
  };
  export default function SwaggerUI(options: Options): unknown;
}
