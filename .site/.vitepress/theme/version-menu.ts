import { useData, useRoute } from 'vitepress';
import { defineComponent, h, onMounted, ref } from 'vue';

/** The versions that the site has, from the list at its root; until that is there, only the one that is read. */
export const VersionMenu = defineComponent(() => {
  const { site, theme } = useData<{ version: string }>();
  const route = useRoute();
  const shown = theme.value.version;
  const versions = ref([shown]);
  const root = () => site.value.base.slice(0, -`${shown}/`.length);

  onMounted(async () => {
    const response = await fetch(`${root()}versions.json`).catch(() => undefined);
    if (response?.ok) versions.value = await response.json();
  });

  /** The same page of the other version, or its first one where it has none such. */
  async function open(version: string): Promise<void> {
    const other = `${root()}${version}/`;
    const page = other + route.path.slice(site.value.base.length);
    const response = await fetch(page, { method: 'HEAD' }).catch(() => undefined);
    window.location.href = response?.ok ? page : other;
  }

  const select = (event: Event) => event.target instanceof HTMLSelectElement && open(event.target.value);
  return () =>
    h(
      'select',
      { class: 'version-menu', 'aria-label': 'Version', value: shown, onChange: select },
      versions.value.map((version) => h('option', { value: version }, version)),
    );
});
