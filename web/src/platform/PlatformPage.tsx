import { Button } from "@mantine/core";
import { Link } from "react-router";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Platform } from "../api/types";
import { useFetched } from "../api/useFetched";
import { CopyText } from "../components/CopyText";
import { Facts } from "../components/Facts";
import { Failure } from "../components/Failure";
import { OutLink } from "../components/OutLink";
import page from "../components/Page.module.css";
import { PageHead } from "../components/PageHead";
import { RowsSkeleton } from "../components/PageSkeleton";
import { useWords } from "../i18n/I18n";
import { useLive } from "../live/LiveContext";
import { useMe } from "../shell/MeContext";
import { CapacityView } from "./CapacityView";
import { FiguresView } from "./FiguresView";
import { PartTable } from "./PartTable";

/** PlatformPage is the platform's parts and how they are. It asks again when the stream comes back. */
export function PlatformPage() {
  const { t } = useWords();
  const me = useMe();
  const { connection } = useLive();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/platform")), [connection === "open"]);
  return (
    <>
      <PageHead title={t("platform.title")} lead={t("platform.lead")}>
        {me.permissions.includes("audit.read") && (
          <Button component={Link} to="/platform/audit" variant="default">
            {t("platform.audit")}
          </Button>
        )}
      </PageHead>
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={8} />}
      {data && <Known platform={data} />}
    </>
  );
}

const addresses = ["portal", "forge", "registry", "login"] as const;

function Known({ platform }: { platform: Platform }) {
  const { t } = useWords();
  const copy = (key: "domain" | "organization" | "version") => ({
    key,
    label: t(`platform.${key}`),
    value: <CopyText text={platform[key]} what={t(`platform.${key}`)} />,
  });
  return (
    <>
      <section className={page.section} aria-labelledby="parts">
        <h2 id="parts">{t("platform.parts")}</h2>
        <PartTable parts={platform.parts} />
      </section>
      <FiguresView />
      <CapacityView />
      <section className={page.section} aria-labelledby="addresses">
        <h2 id="addresses">{t("platform.addresses")}</h2>
        <Facts
          facts={[
            ...addresses.map((name) => ({ key: name, label: t(`platform.url.${name}`), value: <OutLink href={platform.urls[name]}>{platform.urls[name].replace("https://", "")}</OutLink> })),
            copy("domain"),
            copy("organization"),
            { key: "architectures", label: t("platform.architectures"), value: platform.architectures.join(", ") },
            copy("version"),
          ]}
        />
      </section>
    </>
  );
}
