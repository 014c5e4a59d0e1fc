"""The packages behind a release, as a CycloneDX software bill of materials."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from trade_potential.release.packages import OWN, Package, described, required
from trade_potential.release.provenance import Run

SBOM = "sbom.cdx.json"


def bill_of_materials(run: Run) -> str:
    """Every installed package with its version, licence and what it asks for, as JSON.

    Those that a build rests on have the scope required, others that are installed optional.
    """
    packages = described()
    needed = required(packages)
    bom = Bom()
    # Of the run, so that the same run writes the same text.
    bom.serial_number = uuid5(NAMESPACE_URL, run.invocation_id)
    bom.metadata.timestamp = run.started_on
    held = {name: _component(package, needed) for name, package in packages.items()}
    bom.metadata.component = held.get(OWN)
    bom.components.update(component for name, component in held.items() if name != OWN)
    for name, component in held.items():
        asked = [held[other] for other in packages[name].needs if other in held]
        bom.register_dependency(component, asked)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _component(package: Package, needed: set[str]) -> Component:
    return Component(
        type=ComponentType.APPLICATION if package.name == OWN else ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        purl=PackageURL("pypi", None, package.name, package.version),
        bom_ref=f"{package.name}@{package.version}",
        licenses=[DisjunctiveLicense(name=package.licence)] if package.licence else [],
        scope=ComponentScope.REQUIRED if package.name in needed else ComponentScope.OPTIONAL,
    )
