import { useSites } from '@/ui/format';

/** The time zone by whose days the plant counts: as on the server, that of most sites. */
export function usePlantZone(): string {
  const { data = [] } = useSites();
  const counts = new Map<string, number>();
  for (const { fuseau } of data) counts.set(fuseau, (counts.get(fuseau) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
