import { Anchor } from "@mantine/core";
import { useEffect, useRef } from "react";
import SwaggerUI, { type SwaggerPlugin } from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import { PageHead } from "../components/PageHead";
import { useWords } from "../i18n/I18n";
import "./ApiPage.css";

/** plain is the viewer without a frame of its own, so that it is a part of this page: its own frame would be a second main part. */
const plain: SwaggerPlugin = ({ React }) => ({
  components: {
    Plain: ({ getComponent, specSelectors }) => {
      const parts = specSelectors.loadingStatus() === "loading" ? [] : ["errors", "FilterContainer", "operations"];
      return React.createElement("div", { className: "swagger-ui" }, ...parts.map((name) => React.createElement(getComponent(name, true), { key: name })));
    },
  },
});

/** ApiPage draws the API's description, with a try at each call; the page's session signs it. */
export default function ApiPage() {
  const { t } = useWords();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    SwaggerUI({ domNode: element, url: "/openapi.yaml", deepLinking: false, docExpansion: "none", defaultModelsExpandDepth: -1, displayRequestDuration: true, filter: true, validatorUrl: null, withCredentials: true, layout: "Plain", plugins: [plain] });
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
