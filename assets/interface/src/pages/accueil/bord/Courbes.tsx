//! The plots of the dashboard, loaded after its figures.

import { BarChart, type BarChartProps } from '@mantine/charts';
import '@mantine/charts/styles.css';
import { Card, SimpleGrid, Skeleton, Text, Title } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { direction } from '@/app/langue';
import { day, number, usePlantZone } from '@/ui/format';
import { Trouble, Waiting } from '@/ui/states';
import { mondayOf } from './charge';
import { type Week, mondays, week } from './tendances';

type Series = { name: keyof Omit<Week, 'monday'>; label: string; color: string }[];

export default function Courbes() {
  const { t } = useTranslation('bord');
  const { t: word } = useTranslation('valeurs');
  const monday = mondayOf(new Date().toISOString(), usePlantZone());
  // Weeks that are over hardly change; this one is read again now and then.
  const weeks = useQueries({
    queries: mondays(monday).map((start) => ({
      queryKey: ['tendances', start],
      queryFn: () => week(start),
      staleTime: start === monday ? 5 * 60_000 : 60 * 60_000,
    })),
  });
  const error = weeks.find((one) => one.error)?.error;
  const data = weeks.every((one) => one.data) ? weeks.map((one) => one.data!) : undefined;
  const shareOfPlanned = (weeks: Week[]) => {
    const all = sum(weeks, 'created');
    return all ? t('parts_texte', { part: number((100 * sum(weeks, 'preventive')) / all, 0) }) : t('aucune_creee');
  };
  if (error && !data) return <Trouble error={error} retry={() => weeks.forEach((one) => void one.refetch())} />;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Plot
        title={t('flux')}
        text={data && t('flux_texte', { creees: number(sum(data, 'created')), terminees: number(sum(data, 'finished')) })}
        data={data}
        series={[
          { name: 'created', label: t('creees'), color: 'marine.4' },
          { name: 'finished', label: t('terminees'), color: 'teal.7' },
        ]}
      />
      <Plot
        title={t('parts')}
        text={data && shareOfPlanned(data)}
        data={data}
        type="percent"
        series={[
          { name: 'preventive', label: word('type_intervention.preventive'), color: 'teal.7' },
          { name: 'corrective', label: word('type_intervention.corrective'), color: 'orange.6' },
          { name: 'ameliorative', label: word('type_intervention.ameliorative'), color: 'marine.4' },
          { name: 'diagnostic', label: word('type_intervention.diagnostic'), color: 'grape.5' },
        ]}
      />
    </SimpleGrid>
  );
}

const sum = (weeks: Week[], name: keyof Omit<Week, 'monday'>) => weeks.reduce((total, week) => total + week[name], 0);

function Plot({ title, text, data, series, type = 'default' }: {
  title: string;
  /** What the plot comes to, in words. */
  text: string | undefined;
  data: Week[] | undefined;
  series: Series;
  type?: BarChartProps['type'];
}) {
  const { t } = useTranslation('bord');
  const id = useId();
  const named = (monday: string) => day(monday, { day: 'numeric', month: 'short' });
  return (
    <Card withBorder component="section" aria-labelledby={id} mih={430}>
      <Title order={2} size="h4" id={id}>{title}</Title>
      {data ? (
        <>
          <Text c="dimmed" size="sm" mb="sm">{text}</Text>
          <div dir="ltr" aria-hidden>
            <BarChart
              h={330}
              data={data.map((week) => ({ ...week, semaine: named(week.monday) }))}
              dataKey="semaine"
              type={type}
              series={series}
              withLegend
              legendProps={{ itemSorter: null }}
              valueFormatter={(value) => number(value)}
              xAxisProps={{ reversed: direction() === 'rtl' }}
              yAxisProps={{ orientation: direction() === 'rtl' ? 'right' : 'left', width: 44 }}
              barChartProps={{ accessibilityLayer: false }}
            />
          </div>
          <table className="only-read">
            <caption>{title}</caption>
            <thead><tr><th scope="col">{t('semaine_du')}</th>{series.map(({ name, label }) => <th key={name} scope="col">{label}</th>)}</tr></thead>
            <tbody>
              {data.map((week) => (
                <tr key={week.monday}><th scope="row">{named(week.monday)}</th>{series.map(({ name }) => <td key={name}>{week[name]}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </>
      ) : <Waiting><Skeleton h={360} aria-busy /></Waiting>}
    </Card>
  );
}
