# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the web's edge and of serving."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class NotForThisFace(RollkeeperError):
    """Whoever is signed in has no role that opens this face."""

    code = "not_for_this_face"
    kind = Kind.FORBIDDEN
    sentence = "Your account has no role that opens this face ({face}) today."
    remedy = "It opens to: {roles}. Ask an administrator, or go to the face that is yours."


class SecondFactorNeeded(RollkeeperError):
    """A production home lets nobody in by a password alone."""

    code = "second_factor_needed"
    kind = Kind.FORBIDDEN
    sentence = "Your account has no second factor that opens this face."
    remedy = "Sign in at the office's face and add one; at a counter, whoever may enter the office needs a passkey."


class PageNotFound(RollkeeperError):
    """There is no page at this address."""

    code = "page_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no page at this address."
    remedy = "Go back to the first page."


class FormTooOld(RollkeeperError):
    """A form came without the mark that shows that it is ours (CSRF)."""

    code = "form_too_old"
    kind = Kind.FORBIDDEN
    sentence = "This form is too old, or cookies are switched off; nothing was done."
    remedy = "Go back, reload the page and send it again."


class RequestNotRead(RollkeeperError):
    """A request that no page of ours makes."""

    code = "request_not_read"
    kind = Kind.MALFORMED
    sentence = "This request could not be read; nothing was done."
    remedy = "Go back and send the form again."


class Crashed(RollkeeperError):
    """Something broke that should not have."""

    code = "crashed"
    kind = Kind.INTERNAL
    sentence = "Something went wrong on our side; nothing was half done."
    remedy = "Try again. If it happens again, give the administrator this reference: {reference}."


class PortTaken(RollkeeperError):
    """Another program listens where a face should."""

    code = "port_taken"
    kind = Kind.MALFORMED
    sentence = "Port {port} on {host}, for the {face}, cannot be used: {why}."
    remedy = "Stop the program that uses it, or choose another with --port (each face takes the next port)."


class HostNotKnown(RollkeeperError):
    """The host to listen on is no address of this machine."""

    code = "host_not_known"
    kind = Kind.MALFORMED
    sentence = "This machine cannot listen on '{host}': {why}."
    remedy = "Use 127.0.0.1 for this machine alone, or one of its own addresses."


class FaceDidNotStart(RollkeeperError):
    """A face's process ended or did not answer."""

    code = "face_did_not_start"
    kind = Kind.INTERNAL
    sentence = "The {face} did not start: {why}."
    remedy = "See {log}; then run 'rollkeeper doctor'."


class AssetsMissing(RollkeeperError):
    """The style sheet was never built."""

    code = "assets_missing"
    kind = Kind.MALFORMED
    sentence = "The pages' style sheet is not there: {file}."
    remedy = "Run 'make setup' once, with a network."


class HomeInUse(RollkeeperError):
    """The demo was asked for in a home that already holds something else."""

    code = "home_in_use"
    kind = Kind.CONFLICT
    sentence = "The folder {home} is in use and does not hold the demo."
    remedy = "Set ROLLKEEPER_HOME to a new folder for the demo, or use 'rollkeeper serve' for this home."


class DemoUnderWay(RollkeeperError):
    """Somebody else makes the demo in this home."""

    code = "demo_under_way"
    kind = Kind.CONFLICT
    sentence = "The demo is being made in the home {home} by another process."
    remedy = "Wait until it is done, then run this again; or set ROLLKEEPER_HOME to another folder."


class HomeOfOtherKind(RollkeeperError):
    """A trial home is never made a production home, nor the other way round."""

    code = "home_of_other_kind"
    kind = Kind.CONFLICT
    sentence = "The home {home} is a {kind} home and cannot become a {asked} home."
    remedy = "Set ROLLKEEPER_HOME to a new folder, or use this home as what it is."


class StoresElsewhere(RollkeeperError):
    """The stores lie on servers that are not this home's own."""

    code = "stores_elsewhere"
    kind = Kind.REFUSED
    sentence = "The register or the keys lie on a server of yours, which this command does not copy."
    remedy = "Back them up with that server's own tools, the keys apart and one copy alone: docs/runbook/own-servers.md says how."


class StoresHere(RollkeeperError):
    """The stores are this home's own, which a restore brings back whole."""

    code = "stores_here"
    kind = Kind.REFUSED
    sentence = "The register and the keys lie on this home's own servers."
    remedy = "Use 'rollkeeper restore': it does this at its end."


class BackupDamaged(RollkeeperError):
    """A backup is not there, not whole or not what it should be."""

    code = "backup_damaged"
    kind = Kind.MALFORMED
    sentence = "{file}: {why}."
    remedy = "Name the folder that 'rollkeeper backup' wrote, or use the backup before this one."


class BackupsOfTwoHomes(RollkeeperError):
    """The backup of the keys belongs to another register."""

    code = "backups_of_two_homes"
    kind = Kind.CONFLICT
    sentence = "{keys} and {register} are backups of two different homes: together they would open nobody."
    remedy = "Take both from the same folder."


class HomeNotEmpty(RollkeeperError):
    """A backup is restored into a new home only."""

    code = "home_not_empty"
    kind = Kind.CONFLICT
    sentence = "The home {home} is in use, or a restore into it broke off."
    remedy = "Set ROLLKEEPER_HOME to a folder that is empty or not there yet."


class KeptSecretsMissing(RollkeeperError):
    """What was kept apart at the key ceremony was not given."""

    code = "kept_secrets_missing"
    kind = Kind.MALFORMED
    sentence = "{folder} holds no {wanted}."
    remedy = "Name the folder with what was kept apart from the backups: docs/runbook/key-ceremony.md."


class RootUrlMissing(RollkeeperError):
    """The backed-up home had a key service; its address is not taken on trust from a backup."""

    code = "root_url_missing"
    kind = Kind.MALFORMED
    sentence = "This home's root of trust was a key service, and its address was not given."
    remedy = "Give it with --root-url; the tokens belong into the folder of --secrets."


class ServersInUse(RollkeeperError):
    """Something still works with the servers whose passwords should change."""

    code = "servers_in_use"
    kind = Kind.CONFLICT
    sentence = "The servers of the home {home} are in use; no password was changed."
    remedy = "Stop 'rollkeeper serve' and every other command on this home, then run it again."
