import { Button, Group, Modal } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { App, Version } from "../api/types";
import { Failure } from "../components/Failure";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import classes from "./Versions.module.css";

type Props = { app: App; version: Version; onClose: () => void };

/** RollbackDialog says exactly what going back does, does it, and follows the delivery. */
export function RollbackDialog({ app, version, onClose }: Props) {
  const { t } = useWords();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const revision = shortSHA(version.revision);
  const goBack = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const made = await unwrap(api.POST("/api/pronto/v1/apps/{name}/rollback", { params: { path: { name: app.name } }, body: { to: version.revision } }));
      void navigate(`/apps/${app.name}`, { state: { follow: made.revision } });
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t("versions.confirm", { revision })} centered size="lg" closeButtonProps={{ "aria-label": t("versions.cancel") }}>
      <ol className={classes.what}>
        <li>{t("versions.confirmCommit", { repository: app.repositoryName, revision, message: version.message ?? revision })}</li>
        <li>{t("versions.confirmDelivery", { current: app.liveRevision ? shortSHA(app.liveRevision) : app.name })}</li>
        <li>{app.public ? t("versions.confirmLive", { host: app.host }) : t("versions.confirmInside")}</li>
      </ol>
      {problem && <Failure problem={problem} />}
      <Group mt="lg" justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("versions.cancel")}
        </Button>
        <Button loading={busy} data-autofocus onClick={() => void goBack()}>
          {t("versions.rollbackTo", { revision })}
        </Button>
      </Group>
    </Modal>
  );
}
