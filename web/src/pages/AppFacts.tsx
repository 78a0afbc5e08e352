import type { App } from "../api/types";
import { CopyText } from "../components/CopyText";
import { Facts, type Fact } from "../components/Facts";
import { OutLink } from "../components/OutLink";
import { When } from "../components/When";
import { entityName } from "../format/text";
import { useWords } from "../i18n/I18n";

/** AppFacts is what an application is made of and whose it is. */
export function AppFacts({ app }: { app: App }) {
  const { t } = useWords();
  const copy = (key: string, label: string, text: string): Fact => ({ key, label, value: <CopyText text={text} what={label} /> });
  const facts: Fact[] = [
    { key: "repository", label: t("app.repository"), value: <OutLink href={app.repository}>{app.repositoryName}</OutLink> },
    app.public ? copy("host", t("evidence.host"), app.host) : { key: "host", label: t("evidence.host"), value: t("app.private") },
    copy("namespace", t("app.namespace"), app.namespace),
  ];
  if (app.delivery?.image) facts.push(copy("image", t("app.image"), app.delivery.image));
  if (app.owner) facts.push({ key: "owner", label: t("app.owner"), value: entityName(app.owner) });
  if (app.createdBy) facts.push({ key: "createdBy", label: t("app.createdBy"), value: entityName(app.createdBy) });
  facts.push({ key: "createdAt", label: t("app.created"), value: <When at={app.createdAt} /> });
  return <Facts facts={facts} />;
}
