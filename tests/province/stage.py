"""Everything of the three offices, standing and running: places, name servers, websites, UPSes and
agents. What the story does to them is a method here; what comes of it is nobody's business here.
"""

import contextlib
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "links"))

import loopback
import offices
import places
import world
from office_agent import OfficeAgent
from services import Listener, NameServer, Services
from ups import Ups
from websites import Certificates, Websites


class Stage:
    """Ended when the with block is left, in the reverse order."""

    def __init__(self, folder, siaga, pace, layout):
        self.folder, self.siaga, self.pace = pathlib.Path(folder), siaga, pace
        self.layout, self.ends = layout, contextlib.ExitStack()
        self.services = Services()
        self.resolvers, self.websites, self.upses, self.agents = {}, {}, {}, {}
        self.bad_ends = []  # of agents, once they are stopped

    def __enter__(self):
        with contextlib.ExitStack() as ends:
            self.ends = ends
            self.province = self.make_places()
            ends.callback(self.province.close)
            self.certificates = Certificates(self.folder / "certificates")
            self.start_websites()
            for office in offices.OFFICES:
                self.start_office(office)
            self.ends = ends.pop_all()
        return self

    def __exit__(self, *_):
        self.ends.close()

    def make_places(self):
        names = [office.id for office in offices.OFFICES]
        if self.layout == world.LOOPBACK:
            return loopback.Province(names, self.services)
        province = places.Province(names, [offices.CUT_OFF.id])
        Listener(self.services, province.internet.namespace, places.TCP_ANCHOR, 53)
        return province

    def start_websites(self):
        beyond = [(office, site) for office in offices.OFFICES for site in office.on("internet")]
        self.start_sites("internet", self.province.internet, beyond)
        for office in offices.OFFICES:
            for name in ("server", "room"):
                machine = self.province.offices[office.id].machines[name]
                sites = [(office, site) for site in office.on(name)]
                self.start_sites(f"{office.id}.{name}", machine, sites)

    def start_sites(self, name, machine, sites):
        websites = Websites(self.folder / f"www.{name}", machine, sites, self.certificates)
        self.ends.callback(websites.stop)
        self.websites[name] = websites.start()

    def start_office(self, office):
        place, folder = self.province.offices[office.id], self.folder / office.id
        folder.mkdir()
        self.upses[office.id] = Ups(self.ups_folder(office), place.machines["host"])
        self.ends.enter_context(self.upses[office.id])
        self.start_name_server(office, place.machines["gateway"])
        agent = OfficeAgent(self.siaga, folder / "agent", office, place, self.pace, self)
        self.agents[office.id] = agent
        self.ends.callback(self.stop_agent, agent)
        agent.start()

    def stop_agent(self, agent):
        code = agent.stop()
        if code != 0:
            self.bad_ends.append(f"the agent of {agent.office.id} ended with {code}, not 0")

    def ups_folder(self, office):
        folder = self.folder / f"ups.{office.id}"
        folder.mkdir()
        return folder

    def start_name_server(self, office, machine):
        port = machine.port(53)
        names = {
            office.host_of(site): self.machine_of(office, site).address for site in office.sites
        }
        NameServer(self.services, machine, machine.address, names, port)
        self.resolvers[office.id] = f"{machine.address}:{port}"

    def machine_of(self, office, site):
        if site.machine == "internet":
            return self.province.internet
        return self.province.offices[office.id].machines[site.machine]

    def resolver_of(self, office):
        return self.resolvers[office.id]

    def options_of(self, office, site):
        """The keys of the site's [[http]]."""
        port = self.machine_of(office, site).port(site.standard_port())
        usual = 443 if site.is_secure else 80
        place = office.host_of(site) + ("" if port == usual else f":{port}")
        options = {"url": f"http{'s' if site.is_secure else ''}://{place}/"}
        if site.is_secure:
            options["tls.ca_file"] = str(self.certificates.authority)
        if site.needs:
            options["needs"] = site.needs
        return options

    # What the story does.

    def cut_power(self, office):
        self.upses[office.id].mains_off()
        self.province.offices[office.id].room_off()
        self.websites[f"{office.id}.room"].kill()

    def bring_power(self, office, without):
        """The mains is back and the room's machine starts, all but the sites in `without`."""
        self.upses[office.id].mains_on()
        self.province.offices[office.id].room_on()
        self.websites[f"{office.id}.room"].start(without)

    def cut_link(self, office):
        self.province.offices[office.id].link_off()

    def mend_link(self, office):
        self.province.offices[office.id].link_on()

    def let_expire(self, office, name, ends_at):
        """The site gets a certificate that ends at `ends_at`, a whole second."""
        site = next(site for site in office.sites if site.name == name)
        file = self.certificates.make(office.host_of(site), ends_at)
        self.websites[f"{office.id}.{site.machine}"].use_certificate(name, file)

    def renew(self, office, name):
        site = next(site for site in office.sites if site.name == name)
        file = self.certificates.folder / office.host_of(site)
        self.websites[f"{office.id}.{site.machine}"].use_certificate(name, file)
