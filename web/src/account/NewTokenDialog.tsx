import { Button, Modal, MultiSelect, NumberInput, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client";
import { asProblem, unwrap, type Problem } from "../api/problem";
import type { CreatedToken, Role } from "../api/types";
import { Failure } from "../components/Failure";
import { useEntities } from "../form/pickers/useEntities";
import { refOf } from "../form/entityRefs";
import { useWords } from "../i18n/I18n";
import { useMe } from "../shell/MeContext";

type Props = { opened: boolean; onClose: () => void; onMade: (token: CreatedToken) => void };

/** NewTokenDialog asks what a token is for, how long it lives, and for administrators whose it is. */
export function NewTokenDialog({ opened, onClose, onMade }: Props) {
  const { t } = useWords();
  return (
    <Modal opened={opened} onClose={onClose} title={t("token.new")} centered closeButtonProps={{ "aria-label": t("keys.close") }}>
      <TokenForm onMade={onMade} />
    </Modal>
  );
}

const roles: readonly Role[] = ["viewer", "developer", "admin"];

function TokenForm({ onMade }: { onMade: (token: CreatedToken) => void }) {
  const { t } = useWords();
  const me = useMe();
  const [name, setName] = useState("");
  const [days, setDays] = useState(90);
  const [service, setService] = useState(false);
  const [role, setRole] = useState<Role>("viewer");
  const [owns, setOwns] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const make = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      onMade(await unwrap(api.POST("/api/pronto/v1/tokens", { body: { name: name.trim(), days, ...(service ? { service: { role, owns } } : {}) } })));
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <Stack>
        <TextInput data-autofocus label={t("token.name")} required withAsterisk={false} maxLength={80} autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <NumberInput label={t("token.days")} min={1} max={365} allowDecimal={false} value={days} onChange={(value) => setDays(typeof value === "number" ? value : 90)} />
        {me.permissions.includes("tokens.service") && <SegmentedControl aria-label={t("token.whose")} data={[{ value: "mine", label: t("token.personal") }, { value: "service", label: t("token.service") }]} value={service ? "service" : "mine"} onChange={(value) => setService(value === "service")} />}
        {service && (
          <>
            <Select label={t("token.serviceRole")} data={roles.map((value) => ({ value, label: t(`role.${value}`) }))} value={role} allowDeselect={false} onChange={(value) => setRole(roles.find((each) => each === value) ?? "viewer")} />
            <Groups value={owns} onChange={setOwns} />
          </>
        )}
        {problem && <Failure problem={problem} />}
        <Button type="submit" loading={busy} disabled={name.trim() === ""}>
          {t("token.make")}
        </Button>
      </Stack>
    </form>
  );
}

function Groups({ value, onChange }: { value: string[]; onChange: (value: string[]) => void }) {
  const { t } = useWords();
  const { data = [] } = useEntities(["kind=group"]);
  return <MultiSelect searchable label={t("token.serviceOwns")} data={data.map((entity) => ({ value: refOf(entity), label: entity.metadata.title ?? entity.metadata.name }))} value={value} onChange={onChange} />;
}
