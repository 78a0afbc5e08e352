import { ActionIcon, Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { Icon } from "../components/Icon";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";

const choices: readonly { scheme: MantineColorScheme; words: Key }[] = [
  { scheme: "auto", words: "theme.auto" },
  { scheme: "light", words: "theme.light" },
  { scheme: "dark", words: "theme.dark" },
];

export function ThemeMenu() {
  const { t } = useWords();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" c="dimmed" aria-label={t("theme.label")} title={t("theme.label")}>
          <Icon name="theme" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ scheme, words }) => (
          <Menu.Item
            key={scheme}
            onClick={() => setColorScheme(scheme)}
            leftSection={<Icon name={scheme === colorScheme ? "check" : "blank"} />}
          >
            {t(words)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
