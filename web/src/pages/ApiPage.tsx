import { Anchor } from "@mantine/core";
import { useEffect, useRef } from "react";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import "./ApiPage.css";

/** ApiPage draws the API's description, with a try at each call; the page's session signs it. */
export default function ApiPage() {
  const { t } = useWords();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    SwaggerUI({ domNode: element, url: "/openapi.yaml", deepLinking: false, docExpansion: "none", defaultModelsExpandDepth: -1, displayRequestDuration: true, filter: true, validatorUrl: null, withCredentials: true, onComplete: () => settle(element) });
    return () => element.replaceChildren();
  }, []);
  return (
    <>
      <PageHead
        title={t("api.title")}
        lead={
          <>
            {t("api.lead")}{" "}
            <Anchor href="/openapi.yaml" inherit underline="always">
              {t("api.document")}
            </Anchor>
          </>
        }
      />
      <h2 className="visually-hidden">{t("api.document")}</h2>
      <div ref={place} className="pronto-api" lang="en" />
    </>
  );
}

/** settle makes the viewer a part of the page: it would be a main part of its own. */
function settle(element: HTMLElement): void {
  const own = element.querySelector("[role='main'], main");
  own?.setAttribute("role", "region");
  own?.setAttribute("aria-label", "Operations");
}
