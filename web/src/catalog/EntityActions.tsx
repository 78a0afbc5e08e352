import { Button } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api/client";
import { asProblem, Problem, unwrap } from "../api/problem";
import type { Entity } from "../api/types";
import { Confirm } from "../components/Confirm";
import { Failure } from "../components/Failure";
import { refOf } from "../form/entityRefs";
import { parseRef } from "../format/entity";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";
import classes from "./Catalog.module.css";

/** EntityActions read an entity again, and take it out of the catalog for those who may. */
export function EntityActions({ entity }: { entity: Entity }) {
  const { t } = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const [said, setSaid] = useState(false);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  if (!me.permissions.includes("catalog.write")) return null;
  const name = entity.metadata.name;
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await act();
    } catch (thrown) {
      setProblem(asProblem(thrown));
    }
    setBusy(false);
    setAsking(false);
  };
  const refresh = () =>
    attempt(async () => {
      await unwrap(api.POST("/api/catalog/refresh", { body: { entityRef: refOf(entity) } }));
      setSaid(true);
    });
  const unregister = () =>
    attempt(async () => {
      await takeOut(entity);
      await navigate("/catalog");
    });
  return (
    <>
      {said && (
        <span role="status" className={classes.said}>
          {t("entity.refreshed")}
        </span>
      )}
      <Button variant="default" onClick={() => void refresh()} loading={busy && !asking}>
        {t("entity.refresh")}
      </Button>
      {me.role === "admin" && (
        <Button variant="default" onClick={() => setAsking(true)}>
          {t("entity.unregister")}
        </Button>
      )}
      {problem && <Failure problem={problem} />}
      <Confirm opened={asking} title={t("entity.unregisterTitle", { name })} text={t("entity.unregisterText")} yes={t("entity.unregister")} no={t("entity.keep")} busy={busy} onYes={() => void unregister()} onNo={() => setAsking(false)} />
    </>
  );
}

/** takeOut unregisters the location that an entity came from, or the entity where it came from none. */
async function takeOut(entity: Entity): Promise<void> {
  const path = parseRef(refOf(entity));
  try {
    const location = await unwrap(api.GET("/api/catalog/locations/by-entity/{kind}/{namespace}/{name}", { params: { path } }));
    await unwrap(api.DELETE("/api/catalog/locations/{id}", { params: { path: { id: location.id } } }));
  } catch (thrown) {
    const uid = entity.metadata.uid;
    if (asProblem(thrown).status !== 404 || typeof uid !== "string") throw thrown;
    await unwrap(api.DELETE("/api/catalog/entities/by-uid/{uid}", { params: { path: { uid } } }));
  }
}
