import { useQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { api, ok } from '@/api/client';
import { Loading, Trouble } from '@/ui/states';
import { Formulaire } from './Formulaire';

export default function Modifier() {
  const id = Number(useParams().id);
  const { data, error, refetch } = useQuery({ queryKey: ['planning', id], queryFn: () => ok(api.GET('/api/v1/planning/{id}', { params: { path: { id } } })) });
  if (!data) return error ? <Trouble error={error} retry={() => void refetch()} /> : <Loading />;
  return <Formulaire plan={data} />;
}
