import { Formulaire } from './Formulaire';

export default function Nouveau() {
  return <Formulaire />;
}
