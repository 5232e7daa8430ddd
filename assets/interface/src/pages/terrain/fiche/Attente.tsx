import { Button, Group, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Actions, Detail } from '../work';
import { Formulaire } from './Formulaire';
import { type Part, PartChoice } from './PartChoice';

/** Waiting for a part: which one, or in words. */
export function Attente({ work, actions, close }: { work: Detail; actions: Actions; close: () => void }) {
  const { t } = useTranslation('terrain');
  const { t: common } = useTranslation();
  const [part, setPart] = useState<Part | null>(null);
  const [quantity, setQuantity] = useState(1);
  const [remark, setRemark] = useState('');
  const [wrong, setWrong] = useState(false);

  const submit = async () => {
    const said = remark.trim();
    if (!said && !part) return setWrong(true);
    const label = part && `${part.reference} · ${part.designation}`;
    const asked = part && label ? { id: part.id, quantity, label } : undefined;
    if (await actions.awaitPart(said || t('attente.attend', { piece: label }), asked)) close();
  };
  return (
    <Formulaire title={t('attente.titre')} close={close}>
      <Text>{t('attente.texte')}</Text>
      <PartChoice work={work} required={false} part={part} onPart={(chosen) => { setPart(chosen); setWrong(false); }} quantity={quantity} onQuantity={setQuantity} />
      <Textarea
        label={t('attente.remarque')}
        size="lg"
        maxLength={2000}
        value={remark}
        error={wrong && t('attente.il_faut')}
        onChange={(event) => { setRemark(event.currentTarget.value); setWrong(false); }}
      />
      <Group grow preventGrowOverflow={false}>
        <Button size="xl" variant="default" onClick={close}>{common('annuler')}</Button>
        <Button size="xl" disabled={part !== null && quantity <= 0} onClick={() => void submit()}>{t('attente.envoyer')}</Button>
      </Group>
    </Formulaire>
  );
}
