import { useMe } from '@/session/session';
import { Client } from './Client';
import { MaJournee } from './MaJournee';
import { TableauDeBord } from './TableauDeBord';

/** What someone sees first, by role. */
export default function Accueil() {
  const { role } = useMe();
  if (role === 'technicien') return <MaJournee />;
  return role === 'client' ? <Client /> : <TableauDeBord />;
}
