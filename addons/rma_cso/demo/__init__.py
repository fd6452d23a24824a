from . import cso_demo
