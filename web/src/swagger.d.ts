declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  type Options = {
    domNode: HTMLElement;
    url: string;
    deepLinking?: boolean;
    docExpansion?: "none" | "list" | "full";
    defaultModelsExpandDepth?: number;
    displayRequestDuration?: boolean;
    filter?: boolean;
    validatorUrl?: string | null;
    withCredentials?: boolean;
    onComplete?: () => void;
  };
  export default function SwaggerUI(options: Options): unknown;
}
