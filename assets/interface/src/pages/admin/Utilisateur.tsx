export { Utilisateur as default } from './Utilisateurs';
