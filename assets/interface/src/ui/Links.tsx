import { Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import classes from './Links.module.css';

/** Pages that stand beside one another. */
export function Links({ links }: { links: readonly { href: string; text: string }[] }) {
  const [location] = useLocation();
  const here = links.findLast(({ href }) => location === href || location.startsWith(`${href}/`));
  return (
    <Group component="nav" gap={4} className={`${classes.links} no-print`}>
      {links.map(({ href, text }) => (
        <Link key={href} href={href} className={classes.link} aria-current={here?.href === href ? 'page' : undefined}>{text}</Link>
      ))}
    </Group>
  );
}
